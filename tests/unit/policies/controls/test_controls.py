"""The catalogues of controls are in order and say how each control is dealt with."""

from typing import Any

import pytest

from policies.controls import ControlError, How, catalogue, catalogues, control

SECTIONS = {
    "3.1": 4, "4.1": 10, "4.2": 1, "4.3": 2, "4.4": 2, "4.5": 1, "4.6": 4, "5.1": 4, "5.2": 2, "5.3": 1, "5.4": 1,
    "5.5": 7, "5.6": 7, "5.7": 2, "5.8": 3, "5.9": 2, "5.10": 4,
}  # fmt: skip
"""How many recommendations each section of the CIS GKE Benchmark has, as kube-bench lists them (cfg/gke-1.9.0)."""


def _document(*controls: dict[str, str]) -> dict[str, Any]:
    listed = [{"title": "t", "how": "judged", **entry} for entry in controls]
    return {"id": "x", "title": "X", "version": 1, "source": "s", "sections": {"1": "One"}, "controls": listed}


def test_the_gke_benchmark_is_complete() -> None:
    (gke,) = (one for one in catalogues() if one.id == "cis-gke")
    assert gke.version == "1.9.0"
    assert [one.number for one in gke.controls] == [
        f"{s}.{n + 1}" for s, count in SECTIONS.items() for n in range(count)
    ]


def test_every_control_is_found_by_its_id() -> None:
    for listed in catalogues():
        for one in listed.controls:
            assert control(one.id) is one
            assert one.id == f"{listed.id}:{one.number}"
            assert one.how is How.JUDGED or one.explanation.endswith("."), one.id


def test_of_is_by_how() -> None:
    made = catalogue(_document({"number": "1.1"}, {"number": "1.2", "how": "manual", "why": "Look."}), "x.yaml")
    assert [one.number for one in made.of(How.MANUAL)] == ["1.2"]


def test_an_unknown_control_is_named() -> None:
    with pytest.raises(ControlError, match=r"no control `cis-gke:9\.9`"):
        control("cis-gke:9.9")


@pytest.mark.parametrize(
    ("controls", "message"),
    [
        ([{"number": "2.1"}], "2.1 is in none of the sections 1"),
        ([{"number": "1.1"}, {"number": "1.1"}], "x.yaml has 1.1 twice"),
        ([{"number": "1.1", "how": "somehow"}], "`how` of 1.1 is 'somehow'"),
        ([{"number": "1.1", "how": "provider"}], "1.1 is provider and does not say why"),
    ],
)
def test_a_catalogue_out_of_order_is_refused(controls: list[dict[str, str]], message: str) -> None:
    with pytest.raises(ControlError, match=message):
        catalogue(_document(*controls), "x.yaml")
