"""Answers of the shop: pages from templates, redirects, and the pages that tell of errors."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.frontend import words
from app.frontend.assets import Assets
from app.frontend.schemas import Product
from app.frontend.visitor import CookieKind, Seal, Visitor
from app.shared.context import current

HERE = Path(__file__).parent
ANY_PICTURE = "pictures/any.svg"

_TITLES = {
    400: "That could not be read",
    403: "That form can't be used",
    404: "Nothing here by that name",
    405: "That can't be done here",
    409: "That can't be done any more",
    413: "That is too much",
    422: "That address is not understood",
    429: "One moment, please",
    503: "The shop is catching its breath",
}


_TITLE = "Something broke on our side"


class Pages:
    """Makes answers, each with the visitor's cookie and the right caching."""

    def __init__(self, assets: Assets, cookie: CookieKind, seal: Seal) -> None:
        self._cookie = cookie
        self._seal = seal
        self._assets = assets
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(money=words.money, day=words.day, moment=words.day_and_time, label=words.label)
        self._templates.globals.update(
            asset=assets.url,
            picture=self._picture,
            catalogue_url=_catalogue_url,
            with_next=_with_next,
            here="",
            query="",
        )

    def page(self, name: str, visitor: Visitor, *, status: int = 200, **values: object) -> Response:
        """A page made from a template."""
        body = self._templates.get_template(name).render(visitor=visitor, **values)
        response = HTMLResponse(body, status)
        visitor.finish(response, self._cookie)
        return response

    def go(self, to: str, visitor: Visitor) -> Response:
        """After a form that was carried out: look at the page it leads to (303)."""
        response = RedirectResponse(to, 303)
        visitor.personal = True
        visitor.finish(response, self._cookie)
        return response

    def error(
        self,
        status: int,
        detail: str,
        visitor: Visitor | None = None,
        *,
        headers: dict[str, str] | None = None,
        again: str = "",
    ) -> Response:
        """A page that tells what is wrong and what can be done about it; `again` is the address to try once more."""
        wait = (headers or {}).get("Retry-After", "")
        response = self.page(
            "error.html",
            visitor or Visitor(self._seal),
            status=status,
            title=_TITLES.get(status, _TITLE),
            text=detail,
            again=again if wait else "",
            retry_after=int(wait) if wait.isdigit() else 0,
            trace_id=current().trace_id,
            picture_name="lost.svg" if status in {400, 404, 405, 422} else "rest.svg",
        )
        response.headers.update(headers or {})
        response.headers["Cache-Control"] = "no-store"
        return response

    def _picture(self, product: Product | str | None) -> str:
        name = product.picture if isinstance(product, Product) else product
        path = f"pictures/{name}.svg"
        return self._assets.url(path if self._assets.has(path) else ANY_PICTURE)


def _catalogue_url(query: str, category: str | None, cursor: str = "") -> str:
    return words.with_query("/", {"q": query, "category": category, "cursor": cursor})


def _with_next(path: str, next_path: str) -> str:
    return words.with_query(path, {"next": "" if next_path == "/" else next_path})


Answers = dict[int | str, dict[str, Any]]

SEE_OTHER: Answers = {303: {"description": "The page to look at is in Location."}}


def html(*statuses: int) -> Answers:
    """The `responses=` of a page's route: errors told as pages."""
    page = {"text/html": {"schema": {"type": "string"}}}
    told = sorted({*statuses, 422, 500, 503})
    return {status: {"description": _TITLES.get(status, _TITLE), "content": page} for status in told}
