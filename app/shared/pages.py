"""Keyset pages: a cursor names the last item seen, signed so that it is only ever one of ours."""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Annotated

from fastapi import Query

from app.shared.errors import BadRequest

CursorValue = str | int

Limit = Annotated[int, Query(ge=1, le=100, description="Items on a page.")]
Cursor = Annotated[
    str | None, Query(max_length=512, description="`next_cursor` of the page before; absent for the first.")
]

_MAC_BYTES = 16


class InvalidCursor(BadRequest):
    """The cursor is not one of ours for this list; start again without it."""

    slug, title = "invalid-cursor", "Invalid cursor"


class Cursors:
    """Cursors of one service; `scope` binds a cursor to its list and filters, so it cannot be used on another."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encode(self, scope: str, *values: CursorValue) -> str:
        """The cursor after an item whose sort values are given."""
        body = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._mac(scope, body) + body).decode().rstrip("=")

    def decode(self, scope: str, cursor: str) -> list[CursorValue]:
        """The sort values of the last item seen; raises `InvalidCursor`."""
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except (ValueError, binascii.Error) as error:
            raise InvalidCursor from error
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(scope, body)):
            raise InvalidCursor
        values: list[CursorValue] = json.loads(body)
        return values

    def _mac(self, scope: str, body: bytes) -> bytes:
        return hmac.digest(self._key, scope.encode() + b"\0" + body, hashlib.sha256)[:_MAC_BYTES]
