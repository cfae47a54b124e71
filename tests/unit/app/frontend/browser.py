"""A browser without JavaScript: it follows links and redirects, keeps cookies, and fills in forms it finds on pages."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

FORM_TYPE = "application/x-www-form-urlencoded"
REDIRECTS = 5
EMAIL = "ada@example.com"
PASSWORD = "a long enough password"


@dataclass
class Form:
    """A form on a page: where it goes, its fields with their values, and its buttons."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Element:
    """One element: tag, attributes, and the text inside it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


class Page(HTMLParser):
    """A page read the way a browser does."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.status = response.status_code
        self.headers = response.headers
        self.url = str(response.url)
        self.source = response.text
        self.elements: list[Element] = []
        self.forms: list[Form] = []
        self.words = ""
        self._open: list[Element] = []
        self._in_form = False
        self.feed(self.source)

    @property
    def path(self) -> str:
        """Path and query of the address."""
        parts = urlsplit(self.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    @property
    def title(self) -> str:
        """The page's title."""
        return self.one("title").text

    @property
    def text(self) -> str:
        """What is written on the page, with single spaces."""
        return " ".join(self.words.split())

    def all(self, tag: str) -> list[Element]:
        """The elements of one kind."""
        return [each for each in self.elements if each.tag == tag]

    def one(self, tag: str) -> Element:
        """The only element of its kind."""
        (found,) = self.all(tag)
        return found

    def form(self, action: str) -> Form:
        """The first form that goes to a path."""
        return next(each for each in self.forms if each.action == action)

    def link(self, text: str) -> str:
        """Where the link with these words goes."""
        return next(each.attributes["href"] for each in self.all("a") if text in " ".join(each.text.split()))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        element = Element(tag, attributes)
        self.elements.append(element)
        if tag not in {"input", "img", "link", "meta", "br", "hr"}:
            self._open.append(element)
        if tag == "form":
            self.forms.append(Form(attributes["action"], attributes.get("method", "get")))
            self._in_form = True
        elif self._in_form and tag == "input":
            self.forms[-1].fields[attributes["name"]] = attributes.get("value", "")
        elif self._in_form and tag == "button" and "name" in attributes:
            self.forms[-1].buttons.append((attributes["name"], attributes["value"]))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass
        if tag == "form":
            self._in_form = False

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data
        if not any(element.tag in {"title", "style", "script"} for element in self._open):
            self.words += data


class Browser:
    """Somebody's browser; `page` is what it shows."""

    def __init__(self, transport: httpx.AsyncBaseTransport, origin: str, *, listens_at: str = "") -> None:
        self._origin = origin
        self.http = httpx.AsyncClient(transport=transport, base_url=listens_at or origin)
        self.page: Page

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def open(self, path: str) -> Page:
        """Go to an address."""
        return await self._show(await self.http.get(path))

    async def send(self, action: str, *, button: tuple[str, str] | None = None, **fields: str) -> Page:
        """Fill in the page's form that goes to `action` and send it."""
        form = self.page.form(action)
        unknown = fields.keys() - form.fields.keys()
        assert not unknown, f"the form has no fields {unknown}"
        values = {**form.fields, **fields, **(dict([button]) if button else {})}
        if form.method == "get":
            return await self.open(f"{action}?{urlencode(values)}")
        return await self._show(await self.post(action, values))

    async def register(self, email: str = EMAIL, *, to: str = "/") -> Page:
        """Make an account and log in."""
        await self.open(f"/register?next={to}")
        return await self.send("/register", email=email, password=PASSWORD)

    async def buy_until_review(self, slug: str, quantity: str = "1") -> Page:
        """Put something into the basket, register, and stop before placing the order."""
        await self.open(f"/item/{slug}")
        await self.send("/basket", quantity=quantity)
        return await self.register(to="/checkout")

    async def post(self, path: str, values: dict[str, str], **headers: str) -> httpx.Response:
        """Send fields as a browser's form does, without following the answer."""
        sent = {"Content-Type": FORM_TYPE, "Origin": self._origin, **headers}
        return await self.http.post(path, content=urlencode(values), headers=sent)

    async def _show(self, response: httpx.Response) -> Page:
        for _ in range(REDIRECTS):
            if not response.has_redirect_location:
                break
            response = await self.http.get(urljoin(str(response.url), response.headers["location"]))
        self.page = Page(response)
        return self.page
