"""The settings of the orders service; times in seconds."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, SecretStr, model_validator

from app.shared.settings import ServiceSettings, Url

EDGE_TIMEOUT_SECONDS = 15.0

Seconds = Annotated[float, Field(gt=0)]


class Settings(ServiceSettings):
    """Where auth and products are, and how long and how often things may be tried."""

    service: ClassVar[str] = "orders"

    auth_url: Url
    products_url: Url
    orders_client_secret: SecretStr

    products_call_seconds: Seconds = 4.5
    """One call of the products service, which itself stops after 4 s."""
    products_seconds: Seconds = 9.0
    """All calls for one message to it."""
    request_seconds: Seconds = 12.0
    """One whole request; shorter than the edge waits, so that the buyer gets our answer."""
    lease_seconds: Seconds = 20.0
    """How long a worker that crashed keeps an order from the others."""
    window_seconds: Seconds = 900.0
    """Age at which an order that could not be placed is given up."""
    recovery_seconds: Seconds = 1.0
    """Pause between two rounds of the recovery loop."""
    recovery_batch: Annotated[int, Field(ge=1)] = 100
    """Most messages of one round."""
    stop_seconds: Seconds = 3.0
    """How long a pod that stops waits for the message being delivered."""
    writes_per_minute: Annotated[float, Field(gt=0)] = 30.0
    """Orders and cancellations of one user in one pod."""
    writes_burst: Annotated[int, Field(ge=1)] = 10

    @model_validator(mode="after")
    def _times_fit(self) -> Self:
        times = [self.products_call_seconds, self.products_seconds, self.request_seconds]
        if times != sorted(times) or self.request_seconds >= min(EDGE_TIMEOUT_SECONDS, self.lease_seconds):
            msg = (
                f"products_call_seconds, products_seconds, request_seconds are {times}, they must not decrease and end "
                f"below {EDGE_TIMEOUT_SECONDS:g} (the edge) and lease_seconds ({self.lease_seconds:g}). A live request "
                "could lose its order to the recovery loop. Set shorter times."
            )
            raise ValueError(msg)
        return self
