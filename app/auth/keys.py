"""Signing keys: made, published before use, used, and withdrawn, with any number of replicas agreeing through MongoDB.

A key has a generation, which is its `_id`: of all replicas that decide to make the next one, the first insert wins and
the others adopt it. When a key signs is written in it, so every replica signs with the same key at the same time:

    made ── lead ──> signs ── rotation ──> next one signs ── token life ──> withdrawn
"""

import base64
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.auth.repository import KeyRepository
from app.auth.schemas import Jwk, Jwks
from app.auth.settings import Settings
from app.shared.errors import Unavailable
from app.shared.tokens import ALGORITHM, LEEWAY_SECONDS, TOKEN_TYPE

log = logging.getLogger(__name__)

_NONCE_BYTES = 12


@dataclass(frozen=True)
class SigningKey:
    """One key pair; `signs_from` is when it becomes the one that signs."""

    generation: int
    kid: str
    signs_from: datetime
    private: Ed25519PrivateKey

    @property
    def public(self) -> Jwk:
        """Its entry in the JWKS."""
        raw = self.private.public_key().public_bytes_raw()
        return Jwk(kid=self.kid, x=base64.urlsafe_b64encode(raw).decode().rstrip("="))


class Keys:
    """The key ring of one replica; `refresh` brings it up to date and moves the rotation on."""

    def __init__(self, repository: KeyRepository, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._repository = repository
        self._rotation = timedelta(seconds=settings.key_rotation_seconds)
        self._lead = timedelta(seconds=settings.key_lead_seconds)
        self._outlive = timedelta(seconds=settings.access_token_seconds + 2 * LEEWAY_SECONDS)
        self._issuer = settings.issuer
        self._clock = clock
        self._ring: list[SigningKey] = []
        secret = settings.signing_key_encryption.get_secret_value().encode()
        self._cipher = AESGCM(HKDF(SHA256(), 32, salt=None, info=b"a-tu-mano signing keys").derive(secret))

    async def refresh(self) -> None:
        """Read the keys, make the first or the next one when its time has come, withdraw what no token needs."""
        ring = await self._read()
        now = self._clock()
        if not ring or now >= ring[-1].signs_from + self._rotation - self._lead:
            await self._make(ring[-1].generation + 1 if ring else 1, now + self._lead if ring else now)
            ring = await self._read()
        for key, successor in pairwise(ring):
            if now >= successor.signs_from + self._outlive:
                await self._repository.remove(key.generation)
                ring = ring[1:]
        self._ring = ring

    def sign(self, claims: dict[str, Any]) -> str:
        """A signed token with our issuer; raises `Unavailable` before the first refresh."""
        now = self._clock()
        due = [key for key in self._ring if key.signs_from <= now]
        if not due:
            msg = "No signing key yet. Try again."
            raise Unavailable(msg)
        headers = {"kid": due[-1].kid, "typ": TOKEN_TYPE}
        return jwt.encode({"iss": self._issuer, **claims}, due[-1].private, ALGORITHM, headers=headers)

    async def jwks(self) -> dict[str, Any]:
        """Every key a token may carry now or soon; the `KeySource` of this service's own verifier."""
        return Jwks(keys=[key.public for key in self._ring]).model_dump()

    async def _make(self, generation: int, signs_from: datetime) -> None:
        private = Ed25519PrivateKey.generate()
        kid = secrets.token_hex(8)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, private.private_bytes_raw(), kid.encode())
        if await self._repository.add(generation, kid, signs_from, sealed):
            log.info("signing key made", extra={"generation": generation, "kid": kid, "signs_from": signs_from})

    async def _read(self) -> list[SigningKey]:
        ring = []
        for stored in await self._repository.all():
            sealed, kid = stored["sealed"], stored["kid"]
            try:
                raw = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], kid.encode())
            except InvalidTag as error:
                msg = (
                    f"signing keys: key {stored['_id']} cannot be decrypted with signing_key_encryption, the secret "
                    "it was made with is required. Nobody can sign in. Restore that secret, or delete the collection "
                    "signing_keys to start over (everyone signs in again)."
                )
                raise ValueError(msg) from error
            private = Ed25519PrivateKey.from_private_bytes(raw)
            ring.append(SigningKey(stored["_id"], kid, stored["signs_from"], private))
        return ring
