"""`python -m policies.cost`: what it prints, and what it says when it can't."""

import json
from pathlib import Path

import pytest

from policies.capture import Capture
from policies.cost import __main__ as command
from policies.cost import estimate, text
from policies.cost.text import money
from tests.unit.policies.cost.made import POOL, costs, edited, resource


@pytest.fixture(autouse=True)
def captured(monkeypatch: pytest.MonkeyPatch, prod: Capture, local: Capture) -> None:
    monkeypatch.setattr("policies.sources.program.capture", {"prod": prod, "local": local}.__getitem__)


def test_a_table_people_read(capsys: pytest.CaptureFixture[str], prod: Capture) -> None:
    assert command.main(["prod"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("prod, us-central1: USD a month, list prices of ")
    assert f"{estimate(prod).total.expected:,.2f}" in printed
    for words in (
        "component ",
        "Budget: 600.00 USD",
        "credit of 300.00 lasts",
        "shared by all",
        "Assumptions (",
        "Node e2",
    ):
        assert words in printed


def test_a_stack_that_costs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["local"]) == 0
    assert "it costs nothing" in capsys.readouterr().out


def test_json(capsys: pytest.CaptureFixture[str], prod: Capture) -> None:
    assert command.main(["prod", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(estimate(prod).to_json()))


def test_against_a_base(capsys: pytest.CaptureFixture[str], prod: Capture, tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    edited(prod, POOL, "cluster-services", {"autoscaling.minNodeCount": 2}).write(base)
    assert command.main(["prod", "--base", str(base)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Monthly estimate falls by $164.82 (-24 %)")
    assert "cluster  Node e2-standard-2  293.51  146.76  -146.76" in printed
    assert command.main(["prod", "--base", str(base), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["change"]["difference"] == pytest.approx(-164.82, abs=0.01)


def test_with_a_file_of_ones_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "usage.yaml"
    file.write_text("builds: 0\n", encoding="utf-8")
    assert command.main(["prod", "--usage", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["components"]["delivery"]["expected"] == 0


def test_a_file_that_is_wrong_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "usage.yaml"
    file.write_text("bilds: 0\n", encoding="utf-8")
    assert command.main(["prod", "--usage", str(file)]) == 2
    assert "'bilds' is no assumption" in capsys.readouterr().err


def test_what_has_no_price_is_printed() -> None:
    printed = text.table(
        costs(resource("gcp:sql/databaseInstance:DatabaseInstance"), resource("gcp:dns/policy:Policy"))
    )
    assert "Nothing in it is on Google Cloud" in printed
    assert "Without a price:\n  urn:pulumi:test::" in printed


@pytest.mark.parametrize(("value", "shown"), [(1204.5, "1,204.50"), (-0.001, "0.00"), (-73, "-73.00")])
def test_money(value: float, shown: str) -> None:
    assert money(value) == shown
