"""Settings of the auth service."""

from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, Field, SecretStr, StringConstraints, model_validator
from pydantic_settings import NoDecode

from app.auth.schemas import Email
from app.shared.settings import ServiceSettings


def _comma_separated(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Names = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")], ...],
    NoDecode,
    BeforeValidator(_comma_separated),
]
Seconds = Annotated[int, Field(gt=0)]
PerMinute = Annotated[int, Field(gt=0)]


class Settings(ServiceSettings):
    """Shared settings, plus accounts, tokens and signing keys."""

    service: ClassVar[str] = "auth"

    token_clients: Names = ()
    """Services that may ask for a service token; each needs the secret `<name>_client_secret`."""
    orders_client_secret: SecretStr | None = None
    signing_key_encryption: Annotated[SecretStr, Field(min_length=32)]
    """Encrypts the signing keys in the database."""
    staff_email: Email
    staff_password: Annotated[SecretStr, Field(min_length=10, max_length=128)]

    access_token_seconds: Annotated[int, Field(gt=0, le=900)] = 900
    refresh_token_seconds: Seconds = 30 * 24 * 3600
    key_rotation_seconds: Seconds = 30 * 24 * 3600
    """How long one key signs."""
    key_lead_seconds: Seconds = 1800
    """How long a key is published before it signs; longer than anything that caches the JWKS keeps it."""
    key_refresh_seconds: Seconds = 60
    """How often a replica looks for keys made by the others."""
    jwks_max_age_seconds: Seconds = 300

    login_per_minute_email: PerMinute = 10
    login_per_minute_address: PerMinute = 60
    register_per_minute_address: PerMinute = 30

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for client in self.token_clients:
            if getattr(self, f"{client}_client_secret".replace("-", "_"), None) is None:
                msg = (
                    f"TOKEN_CLIENTS names {client}, its secret {client}_client_secret is required. Add the secret file"
                )
                raise ValueError(msg)
        if self.key_lead_seconds * 2 > self.key_rotation_seconds:
            msg = (
                f"key_lead_seconds is {self.key_lead_seconds}, at most half of key_rotation_seconds "
                f"({self.key_rotation_seconds}) is required, else keys pile up. Lower it"
            )
            raise ValueError(msg)
        return self

    @property
    def client_secrets(self) -> dict[str, SecretStr]:
        """The secret of each service that may ask for tokens."""
        return {name: getattr(self, f"{name}_client_secret".replace("-", "_")) for name in self.token_clients}
