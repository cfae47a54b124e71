"""A slope is only judged of what is a line."""

import pytest

from bench import services


@pytest.mark.parametrize(
    ("ours", "verdict"),
    [([4, 50, 100, 200], "aim met"), ([4.4, 55, 110, 220], "must met"), ([8, 100, 200, 400], "MISSED")],
)
def test_the_slope_is_compared(ours: list[float], verdict: str) -> None:
    assert services._row("time", "sizes", ours, [4, 50, 100, 200]).verdict == verdict


def test_what_is_no_line_is_missed_however_flat() -> None:
    row = services._row("time", "sizes", [1, 1.5, 5, 30], [4, 50, 100, 200])
    assert row.verdict == "MISSED"
    assert "NOT LINEAR" in row.measured


def test_more_services_are_copies_with_a_path_of_their_own() -> None:
    found = services.settings(6)["a-tu-mano:services"]
    assert len(found) == 6
    assert len({service["path"] for service in found.values()}) == 6
