"""docs/cost.md: its figures are those of today."""

from pathlib import Path

import pytest

from policies.capture import Capture
from policies.cost import CostError, estimate, page


def test_the_figures_of_the_page_are_current(dev: Capture, prod: Capture) -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    assert text == page.current(text, [estimate(dev), estimate(prod)]), "run .venv/bin/python -m policies.cost.page"


def test_they_are_written_into_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dev: Capture, prod: Capture
) -> None:
    monkeypatch.setattr("policies.sources.program.capture", {"dev": dev, "prod": prod}.__getitem__)
    file = tmp_path / "cost.md"
    file.write_text(
        "before\n<!-- figures: python -m policies.cost.page -->\nold\n<!-- end of figures -->\nafter\n",
        encoding="utf-8",
    )
    page.write(file)
    written = file.read_text(encoding="utf-8")
    assert written.startswith("before\n")
    assert written.endswith("after\n")
    assert "old" not in written
    assert (
        f"| **expected** | **{estimate(dev).total.expected:,.2f}** | **{estimate(prod).total.expected:,.2f}** |"
        in written
    )


def test_a_page_without_a_place_for_them_is_refused() -> None:
    with pytest.raises(CostError, match="figures belong between them"):
        page.current("nothing", [])
