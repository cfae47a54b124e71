"""The policy pack, which the engine starts as `python -m policies ENGINE` or, with its own Python host, as a folder."""

from policies.crossguard.server import serve

serve()
