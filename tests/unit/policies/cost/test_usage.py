"""Assumptions: each with a reason, one's own in their place, and only those that are used are shown."""

from pathlib import Path
from typing import Any

import pytest

from policies.capture import Capture
from policies.cost import CostError, estimate
from policies.cost.tables import read
from policies.cost.usage import from_file, load


def test_each_assumption_is_used_by_something(dev: Capture, prod: Capture) -> None:
    used = {each.name for capture in (dev, prod) for each in estimate(capture).assumptions}
    only_elsewhere = {"autopilotNodes", "secretReads", "bucketGb"}
    assert used | only_elsewhere == set(read("usage")["assumptions"])
    assert not used & only_elsewhere


def test_a_stack_may_have_a_value_of_its_own() -> None:
    assert (load("dev")["requests"], load("prod")["requests"], load("another")["requests"]) == (
        100_000,
        3_000_000,
        3_000_000,
    )


def test_the_readers_own_value_takes_its_place_and_is_marked(prod: Capture) -> None:
    found = estimate(prod, {"requests": 20_000_000})
    mine = next(each for each in found.assumptions if each.name == "requests")
    assert (mine.value, mine.given, mine.reason) == (20_000_000, True, "Given by the reader.")
    assert not any(each.given for each in found.assumptions if each.name != "requests")
    assert found.total.expected - estimate(prod).total.expected == pytest.approx(17 * 0.75)


@pytest.mark.parametrize(("own", "message"), [
    ({"request": 1}, "'request' is no assumption; one of hours, "),
    ({"requests": -1}, "The assumption requests is -1; a number of requests from 0 is required"),
    ({"requests": "many"}, "The assumption requests is 'many'"),
    ({"requests": True}, "The assumption requests is True"),
])  # fmt: skip
def test_a_value_that_is_none_is_refused(own: dict[str, Any], message: str) -> None:
    with pytest.raises(CostError, match=message):
        load("prod", own)


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "usage.yaml"
    file.write_text("requests: 20000000\nhours: 200\n", encoding="utf-8")
    assert from_file(file) == {"requests": 20_000_000, "hours": 200}


@pytest.mark.parametrize("text", ["- requests", "requests: [", "20"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "usage.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CostError, match=r"usage\.yaml .*requests: 20000000"):
        from_file(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CostError, match="can't be read as YAML"):
        from_file(tmp_path / "none.yaml")
