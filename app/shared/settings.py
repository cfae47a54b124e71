"""The settings every service reads, and the only place (with each service's own) that looks at the environment."""

import hashlib
import hmac
import os
import re
import sys
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self, TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, StringConstraints, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRETS_DIR = Path("/run/secrets/a-tu-mano")

Port = Annotated[int, Field(ge=0, le=65535)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s?#]+$")]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

_PLACEHOLDER = re.compile(
    r"change.?me|placeholder|insecure|dummy|to.?do|replace.?me|x{6,}|^(secret|password|default|example|admin|test|local)\W?\d*$",
    re.IGNORECASE,
)


class ServiceSettings(BaseSettings):
    """Settings of one service: plain values from the environment, secrets from one file each in the secrets directory.

    Unknown variables are ignored, since the environment holds more than ours. A missing or malformed value, and outside
    `STACK=local` a placeholder secret, raises `pydantic.ValidationError` naming the field.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)
    service: ClassVar[str]

    stack: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
    service_version: str = "unknown"
    port: Port = 8080
    metrics_port: Port = 9090
    public_url: Url
    log_level: LogLevel = "INFO"
    mongodb_uri: SecretStr

    max_body_bytes: Annotated[int, Field(gt=0)] = 64 * 1024
    """Bytes; a larger request body is answered 413."""
    forwarded_hops: Annotated[int, Field(ge=1, le=5)] = 1
    """How many proxies of ours append to `X-Forwarded-For`; the client's address is that many entries from the end."""
    database_timeout_ms: Annotated[int, Field(gt=0)] = 5000
    """Milliseconds for one database operation with all its retries."""
    database_grace_seconds: Annotated[float, Field(ge=0)] = 15.0
    """Seconds without a writable server before a pod calls itself not ready: longer than an election (median 12 s)."""

    otel_exporter_otlp_endpoint: str | None = None
    trace_sample_ratio: Annotated[float, Field(ge=0, le=1)] = 0.05

    @model_validator(mode="after")
    def _refuse_placeholders(self) -> Self:
        if self.stack == "local":
            return self
        for name in type(self).model_fields:
            value = getattr(self, name)
            if not isinstance(value, SecretStr):
                continue
            secret = value.get_secret_value()
            if name.endswith("_uri"):
                secret = unquote(urlsplit(secret).password or "")
            if len(secret) < 12 or _PLACEHOLDER.search(secret):  # noqa: PLR2004 - bytes; the generator makes 32
                msg = (
                    f"{name} is a placeholder or shorter than 12 characters, {self.stack} needs a generated value. "
                    f"Let the stack generate it, or write it to the secret file {name}."
                )
                raise ValueError(msg)
        return self

    @property
    def secure(self) -> bool:
        """Whether browsers reach the shop over https: then cookies are Secure and HSTS is sent."""
        return self.public_url.startswith("https://")

    @property
    def issuer(self) -> str:
        """The `iss` of every access token: the public address of the auth service."""
        return f"{self.public_url}/auth"

    def derived_key(self, purpose: str) -> bytes:
        """32 bytes for one purpose, equal in every replica, from the service's database password.

        Whoever holds that password holds the data the derived keys protect, so no further secret is needed.
        """
        return hmac.digest(self.mongodb_uri.get_secret_value().encode(), purpose.encode(), hashlib.sha256)


SettingsT = TypeVar("SettingsT", bound=ServiceSettings)


def load(kind: type[SettingsT]) -> SettingsT:
    """The settings of this process; ends it with one sentence per mistake (never a value) when they are not valid."""
    directory = Path(os.environ.get("SECRETS_DIR", SECRETS_DIR))
    try:
        return kind(_secrets_dir=directory if directory.is_dir() else None)  # type: ignore[call-arg]
    except ValidationError as mistakes:
        for mistake in mistakes.errors(include_input=False, include_url=False):
            field = ".".join(str(part) for part in mistake["loc"]) or "settings"
            sys.stderr.write(
                f"{kind.service}: {field}: {mistake['msg']}. The service cannot start. "
                f"Set the variable {field.upper()}, or for a secret write {directory}/{field}.\n"
            )
        raise SystemExit(2) from None
