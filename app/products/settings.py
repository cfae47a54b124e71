"""Settings of the products service."""

from typing import ClassVar

from app.shared.settings import ServiceSettings, Url


class Settings(ServiceSettings):
    """Shared settings, plus where tokens are verified and whether a fresh stack opens with a catalogue."""

    service: ClassVar[str] = "products"

    auth_url: Url
    seed_catalogue: bool = False
    """Add the products of seed.json that are absent; never change one that exists."""
