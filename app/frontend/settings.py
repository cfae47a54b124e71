"""Settings of the frontend."""

from typing import Annotated, ClassVar

from pydantic import Field, SecretStr

from app.shared.settings import ServiceSettings, Url


class Settings(ServiceSettings):
    """What the frontend reads beside the common settings."""

    service: ClassVar[str] = "frontend"

    auth_url: Url
    products_url: Url
    orders_url: Url
    csrf_key: Annotated[SecretStr, Field(min_length=16)]
    """Signs session cookies and form tokens; equal in every replica. A new value ends every session's open forms."""

    max_form_bytes: Annotated[int, Field(gt=0)] = 16 * 1024
    """Bytes; a larger form is answered 413. The largest real one, an order of 30 lines, has under 4 KiB."""
    session_days: Annotated[int, Field(ge=1, le=90)] = 14
    """Days a basket or login is kept after its last use."""
