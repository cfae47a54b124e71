"""The emulated GCP: a provider for the engine that behaves as Google's APIs do where programs break."""
