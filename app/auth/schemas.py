"""Bodies of the auth API."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, StringConstraints

Email = Annotated[
    str,
    StringConstraints(max_length=254, pattern=r"^[^@\s]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$"),
    AfterValidator(str.lower),
]
NewPassword = Annotated[SecretStr, StringConstraints(min_length=10, max_length=128)]
"""10 to 128 characters, any characters: length is what makes a password hard to guess."""
OpaqueToken = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Registration(_Body):
    """A new customer."""

    email: Email
    password: NewPassword


class Credentials(_Body):
    """What a person signs in with; limits are wider than a registration's, so that a wrong one is just wrong."""

    email: Annotated[str, StringConstraints(max_length=254), AfterValidator(str.lower)]
    password: Annotated[SecretStr, StringConstraints(max_length=128)]


class RefreshToken(_Body):
    """A refresh token, as login or refresh gave it."""

    refresh_token: OpaqueToken


class ClientCredentials(_Body):
    """What a service of the shop asks a token with (RFC 6749, 4.4); `audience` is the service it will call."""

    grant_type: OpaqueToken
    client_id: OpaqueToken
    client_secret: Annotated[SecretStr, StringConstraints(max_length=256)]
    audience: OpaqueToken


class UserOut(BaseModel):
    """An account as its owner sees it."""

    id: str
    email: str
    role: Literal["customer", "staff"]


class Registered(BaseModel):
    """The account just made."""

    user: UserOut


class ServiceTokenOut(BaseModel):
    """An access token for one of our services; `expires_in` in seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a kind of token, not one
    expires_in: int


class TokensOut(ServiceTokenOut):
    """What a signed-in person holds. The refresh token works once: using it gives the next."""

    refresh_token: str


class Jwk(BaseModel):
    """One public key (RFC 8037)."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    use: Literal["sig"] = "sig"
    alg: Literal["EdDSA"] = "EdDSA"
    kid: str
    x: str


class Jwks(BaseModel):
    """The keys that access tokens may be signed with now."""

    keys: list[Jwk]
