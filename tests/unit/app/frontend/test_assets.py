"""Style sheet and drawings: how they are served, that every product has one, that text can be read on its ground."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from app.frontend.assets import Assets
from app.frontend.pages import HERE
from tests.unit.app.frontend.browser import Browser

STATIC = HERE / "static"
YEAR = "public, max-age=31536000, immutable"
ENOUGH = 4.5
ENOUGH_FOR_SHAPES = 3.0

TEXT_ON_GROUND = [
    *[(ink, ground) for ink in ("ink", "muted", "accent", "accent-strong") for ground in ("paper", "surface")],
    ("ink", "sunken"),
    ("ink", "accent-soft"),
    ("accent-strong", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    *[(tone, ground) for tone in ("good", "warn", "bad") for ground in (f"{tone}-soft", "surface", "paper")],
    *[("ink", f"{tone}-soft") for tone in ("good", "warn", "bad")],
]
SHAPE_ON_GROUND = [(shape, ground) for shape in ("focus", "edge") for ground in ("paper", "surface")]


def _roots() -> list[dict[str, str]]:
    """The colours of the two palettes, light and dark, as the style sheet has them."""
    blocks = re.findall(r":root \{(.*?)\}", (STATIC / "shop.css").read_text(), re.DOTALL)
    return [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks]


def _palette(scheme: str) -> dict[str, str]:
    light, dark = _roots()
    return light if scheme == "light" else light | dark


def _luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_on_its_ground(scheme: str) -> None:
    palette = _palette(scheme)
    found = {(text, ground): _contrast(palette[text], palette[ground]) for text, ground in TEXT_ON_GROUND}
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < ENOUGH} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_and_edges_of_controls_can_be_seen(scheme: str) -> None:
    palette = _palette(scheme)
    found = {pair: _contrast(palette[pair[0]], palette[pair[1]]) for pair in SHAPE_ON_GROUND}
    assert {pair: round(ratio, 2) for pair, ratio in found.items() if ratio < ENOUGH_FOR_SHAPES} == {}


def test_the_dark_palette_names_every_colour_of_the_light_one() -> None:
    light, dark = _roots()
    assert light.keys() == dark.keys()
    assert len(light) > 15


def test_colours_are_only_in_the_palette() -> None:
    sheet = re.sub(r":root \{.*?\}", "", (STATIC / "shop.css").read_text(), flags=re.DOTALL)
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", sheet)) == {"#fff", "#000"}, "the two of print"


def test_every_seeded_product_has_its_drawing() -> None:
    seeded = json.loads((HERE.parent / "products" / "seed.json").read_text())
    drawn = {path.stem for path in (STATIC / "pictures").glob("*.svg")}
    assert {each["picture"] for each in seeded} | {"any"} == drawn


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.svg")), ids=lambda path: path.stem)
def test_a_drawing_is_small_and_only_a_drawing(path: Path) -> None:
    source = path.read_text()
    assert len(source) < 6000
    tags = {each.tag.rpartition("}")[2] for each in ET.fromstring(source).iter()}  # noqa: S314 - our own file
    assert tags <= {"svg", "g", "path", "ellipse", "circle", "rect"}
    assert "href" not in source
    assert "style" not in source


@pytest.mark.anyio
async def test_assets_are_kept_for_a_year_under_the_name_of_their_content(browser: Browser) -> None:
    page = await browser.open("/")
    sheet = page.all("link")[0].attributes["href"]
    assert re.fullmatch(r"/static/shop\.[0-9a-f]{12}\.css", sheet)
    answer = await browser.http.get(sheet)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == YEAR
    assert answer.content == (STATIC / "shop.css").read_bytes()
    picture = page.all("img")[1].attributes["src"]
    answer = await browser.http.get(picture)
    assert picture.startswith("/static/pictures/")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == YEAR


@pytest.mark.anyio
async def test_a_page_of_another_release_gets_the_file_but_does_not_keep_it(browser: Browser) -> None:
    answer = await browser.http.get("/static/shop.000000000000.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


def test_an_unknown_kind_of_file_is_refused_at_start(tmp_path: Path) -> None:
    (tmp_path / "script.js").touch()
    with pytest.raises(KeyError):
        Assets.load(tmp_path)
