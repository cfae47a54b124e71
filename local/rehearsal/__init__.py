"""`dev` and `prod` on this machine: the real engine, the local cluster for GKE, an emulated provider for GCP."""
