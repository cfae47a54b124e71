"""Who is asking: the session cookie, the form token, and what is kept of the visitor.

The cookie holds a random id and a signature, so an id is only ever one of ours although nothing is stored for most
visitors: the database is written when there is something to keep. A form token is a signature of the id, so it works
before a session is stored and while the database is away, and belongs to one session only.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from starlette.responses import Response

from app.frontend.repository import BasketLine, Notice, Session

_ID_BYTES = 32
_DAY_SECONDS = 24 * 60 * 60


class Seal:
    """Signs and checks session cookies and form tokens with one secret, each purpose with a key of its own."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def cookie(self, session_id: str) -> str:
        """The cookie's value for a session id."""
        return f"{session_id}.{self._sign('cookie', session_id)}"

    def opened(self, cookie: str) -> str | None:
        """The session id of a cookie; None when it is not one of ours."""
        session_id, _, signature = cookie.partition(".")
        return session_id if session_id and self._matches("cookie", session_id, signature) else None

    def token(self, session_id: str) -> str:
        """A form token of a session; different every time, so that it cannot be read off compressed pages."""
        nonce = secrets.token_urlsafe(9)
        return f"{nonce}.{self._sign('form', f'{nonce}.{session_id}')}"

    def accepts(self, session_id: str, token: str) -> bool:
        """Whether a form token belongs to a session."""
        nonce, _, signature = token.partition(".")
        return self._matches("form", f"{nonce}.{session_id}", signature)

    def _sign(self, purpose: str, text: str) -> str:
        key = hmac.digest(self._secret, purpose.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(hmac.digest(key, text.encode(), hashlib.sha256)).decode().rstrip("=")

    def _matches(self, purpose: str, text: str, signature: str) -> bool:
        return hmac.compare_digest(self._sign(purpose, text).encode(), signature.encode())


@dataclass(frozen=True, slots=True)
class CookieKind:
    """How the session cookie is named and set; with https its `__Host-` prefix binds it to this host."""

    secure: bool
    days: int

    @property
    def name(self) -> str:
        """The cookie's name."""
        return "__Host-session" if self.secure else "session"

    def put(self, response: Response, value: str) -> None:
        """Give the cookie to the browser."""
        response.set_cookie(
            self.name,
            value,
            max_age=self.days * _DAY_SECONDS,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def remove(self, response: Response) -> None:
        """Take the cookie away."""
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="lax")


@dataclass(slots=True)
class Visitor:
    """One request's visitor. `session_id` is None until something needs it; then the answer carries a new cookie."""

    seal: Seal
    session_id: str | None = None
    session: Session = field(default_factory=Session)
    stored: bool = False
    """Whether the session is in the database."""
    personal: bool = False
    """Whether the answer tells something of this visitor, a form token included."""
    new_cookie: bool = False
    ended: bool = False

    def identify(self) -> str:
        """The session id, a new one if there is none yet."""
        if self.session_id is None:
            self.session_id = secrets.token_urlsafe(_ID_BYTES)
            self.new_cookie = True
        return self.session_id

    def rotate(self) -> str:
        """A new session id, so that nobody who knew the old one shares what comes now."""
        self.session_id = None
        return self.identify()

    def csrf_token(self) -> str:
        """A token for one form of the page being made."""
        self.personal = True
        return self.seal.token(self.identify())

    @property
    def email(self) -> str | None:
        """Who is logged in."""
        return self.session.login.email if self.session.login else None

    @property
    def basket(self) -> dict[str, BasketLine]:
        """The basket's lines by product id."""
        return self.session.basket

    @property
    def basket_count(self) -> int:
        """How many things are in the basket."""
        return sum(line.quantity for line in self.session.basket.values())

    @property
    def notice(self) -> Notice | None:
        """A sentence to show once."""
        return self.session.notice

    def finish(self, response: Response, cookie: CookieKind) -> None:
        """Cookie and caching of the answer: nothing that tells of a visitor is kept by any cache."""
        if self.ended:
            cookie.remove(response)
        elif self.new_cookie and self.session_id is not None:
            cookie.put(response, self.seal.cookie(self.session_id))
        personal = self.personal or self.stored or self.new_cookie or self.ended
        response.headers["Cache-Control"] = "no-store" if personal else "private, no-cache"
        response.headers["Vary"] = "Cookie"
