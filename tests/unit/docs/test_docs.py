"""The README and docs say what the repository has: they cannot lag behind it unnoticed."""

import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
DECISIONS = sorted((DOCS / "adr").glob("*.md"))
SECTIONS = ["Context", "Decision", "Consequences", "Alternatives", "Enforcement"]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose_of(path: Path) -> str:
    """A page without its blocks of code, in which brackets mean other things."""
    return re.sub(r"^ *```.*?^ *```$", "", text_of(path), flags=re.MULTILINE | re.DOTALL)


def anchors_of(path: Path) -> set[str]:
    """What a link to a heading of the page ends in."""
    headings = re.findall(r"^#+ (.+)$", prose_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_broken(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return True
    return bool(anchor) and anchor not in anchors_of(target)


def tracked() -> list[Path]:
    """Every text file of the repository, committed or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    suffixes = {".go", ".in", ".md", ".mod", ".py", ".toml", ".yaml", ".yml", ""}
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [path for path in paths if path.suffix in suffixes and path.is_file()]


def targets(*, explained: bool) -> set[str]:
    pattern = r"^([a-z0-9]+):.*## " if explained else r"^([a-z0-9]+):"
    return set(re.findall(pattern, text_of(ROOT / "Makefile"), re.MULTILINE))


def variables_of_the_code() -> set[str]:
    code = [path for path in tracked() if path.suffix != ".md" and "tests/unit" not in name_of(path)]
    return {name for path in code for name in re.findall(r"\bA_TU_MANO_[A-Z0-9_]+\b", text_of(path))}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", prose_of(page))
    assert [link for link in links if "://" not in link and is_broken(page, link)] == []


def test_every_page_is_on_the_map() -> None:
    linked = {
        (DOCS / link.partition("#")[0]).resolve() for link in re.findall(r"\]\(([^)\s]+)\)", text_of(DOCS / "index.md"))
    }
    assert [name_of(page) for page in DOCS.rglob("*.md") if page not in linked and page != DOCS / "index.md"] == []


def test_the_readme_is_short() -> None:
    assert len(text_of(ROOT / "README.md").splitlines()) <= 150


def test_every_explained_command_is_in_the_help_and_in_the_readme_or_docs() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    pages = "\n".join(text_of(page) for page in PAGES)
    explained = targets(explained=True)
    assert explained >= {"up", "test", "down"}
    assert [name for name in explained if not re.search(rf"^  make {name} ", shown, re.MULTILINE)] == []
    assert [name for name in explained if not re.search(rf"\bmake (-s )?{name}\b", pages)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_of_a_page_is_in_the_makefile(page: Path) -> None:
    named = re.findall(r"^\s*make (?:-s )?([a-z]\w*)|`(?:\$\()?make (?:-s )?([a-z]\w*)", text_of(page), re.MULTILINE)
    assert {first or second for first, second in named} <= targets(explained=False)


def test_every_variable_is_explained() -> None:
    explained = set(re.findall(r"^\| `(A_TU_MANO_[A-Z0-9_]+)` \|", text_of(DOCS / "local.md"), re.MULTILINE))
    assert variables_of_the_code() == explained


@pytest.mark.parametrize("decision", DECISIONS, ids=name_of)
def test_a_decision_has_its_sections_and_fits_on_a_page(decision: Path) -> None:
    lines = text_of(decision).splitlines()
    assert len(lines) <= 60
    assert lines[0].startswith(f"# {decision.name[:4]} ")
    assert re.fullmatch(r"Status: (accepted|superseded by \d{4}), \d{4}-\d\d-\d\d", lines[2])
    assert [line.removeprefix("## ") for line in lines if line.startswith("## ")] == SECTIONS


def test_decisions_are_numbered_without_gaps_and_all_listed() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    assert [path.name for path in DECISIONS if f"(adr/{path.name})" not in text_of(DOCS / "index.md")] == []


def test_every_page_that_the_code_names_is_there() -> None:
    named = {
        (name_of(path), page)
        for path in tracked()
        for page in re.findall(r"\bdocs/[\w/.-]+\.(?:md|svg|png)", text_of(path))
        if "test_docs" not in path.name
    }
    assert [(path, page) for path, page in sorted(named) if not (ROOT / page).exists()] == []


def test_pictures_are_small_and_readable() -> None:
    """A page with them opens at once, and the drawing is a drawing also in the dark."""
    shop, drawing = DOCS / "pictures" / "shop.png", DOCS / "pictures" / "architecture.svg"
    assert shop.stat().st_size <= 300 * 1024
    assert shop.read_bytes().startswith(b"\x89PNG")
    tree = ET.parse(drawing).getroot()  # noqa: S314 - our own file
    space = "{http://www.w3.org/2000/svg}"
    words = " ".join(element.text or "" for element in tree.iter(f"{space}text"))
    assert [name for name in ("frontend", "auth", "products", "orders", "mongodb") if name not in words] == []
    assert "prefers-color-scheme: dark" in "".join(element.text or "" for element in tree.iter(f"{space}style"))
