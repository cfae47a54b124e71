"""What differs between what is wanted and what is remembered, and what follows."""

from typing import Any

import pytest

from local.gcp.checks import DEFAULTS
from local.gcp.difference import Difference, difference
from local.gcp.kinds import UNKNOWN, Kind
from local.gcp.lifecycle import Subject

SUBNETWORK = Subject.of("gcp:compute/subnetwork:Subnetwork").schema
SECRET = Subject.of("gcp:secretmanager/secret:Secret").schema
VERSION = Subject.of("gcp:secretmanager/secretVersion:SecretVersion").schema


def compare(
    news: dict[str, Any],
    state: dict[str, Any],
    *,
    schema: Any = SUBNETWORK,
    olds: dict[str, Any] | None = None,
    fixed: frozenset[str] = frozenset(),
    expected: dict[str, Any] | None = None,
    ignored: tuple[str, ...] = (),
    **rules: Any,
) -> Difference:
    kind = Kind(token=schema.token, id="{name}", api=None, source="a test", **rules)
    return difference(
        schema,
        kind,
        news,
        state=state,
        olds=state if olds is None else olds,
        fixed=fixed,
        expected=expected or {},
        ignored=ignored,
    )


def paths(found: Difference) -> dict[str, str]:
    return {one.path: one.how + ("!" if one.replaces else "") for one in found.changes}


@pytest.mark.parametrize(
    ("news", "state", "expected"),
    [
        pytest.param({"ipCidrRange": "a"}, {"ipCidrRange": "a", "fingerprint": "x"}, {}, id="outputs"),
        pytest.param({}, {"stackType": "IPV4_ONLY"}, {}, id="what GCP fills"),
        pytest.param({}, {"description": "drift"}, {"description": "DELETE"}, id="what GCP does not fill"),
        pytest.param({"description": ""}, {}, {}, id="nothing against nothing"),
        pytest.param({"description": "a"}, {}, {"description": "ADD"}, id="added"),
        pytest.param({"description": UNKNOWN}, {"description": "a"}, {"description": "UPDATE"}, id="unknown"),
        pytest.param(
            {"secondaryIpRanges": [{"rangeName": "a", "ipCidrRange": "1"}]},
            {"secondaryIpRanges": [{"rangeName": "a", "ipCidrRange": "2"}, {"rangeName": "b", "ipCidrRange": "3"}]},
            {"secondaryIpRanges[0].ipCidrRange": "UPDATE", "secondaryIpRanges[1]": "DELETE"},
            id="items",
        ),
    ],
)
def test_changes(news: dict[str, Any], state: dict[str, Any], expected: dict[str, str]) -> None:
    assert paths(compare(news, state)) == expected


def test_a_change_inside_what_is_fixed_replaces() -> None:
    fixed = frozenset({"logConfig", "secondaryIpRanges.*.ipCidrRange"})
    found = compare({"logConfig": {"flowSampling": 0.5}}, {"logConfig": {"flowSampling": 0.1}}, fixed=fixed)
    assert paths(found) == {"logConfig.flowSampling": "UPDATE!"}
    assert found.replaces == ["logConfig"]
    renamed = {"secondaryIpRanges": [{"rangeName": "b", "ipCidrRange": "1"}]}
    before = {"secondaryIpRanges": [{"rangeName": "a", "ipCidrRange": "1"}]}
    assert compare(renamed, before, fixed=fixed).replaces == []
    assert compare(renamed, {}, fixed=fixed).replaces == ["secondaryIpRanges"]


def test_a_change_in_one_direction_replaces() -> None:
    rule = (lambda olds, news: ["ipCidrRange"] if news["ipCidrRange"] > olds["ipCidrRange"] else [],)
    assert compare({"ipCidrRange": "2"}, {"ipCidrRange": "1"}, replaced_by=rule).replaces == ["ipCidrRange"]
    assert compare({"ipCidrRange": "1"}, {"ipCidrRange": "2"}, replaced_by=rule).replaces == []


@pytest.mark.parametrize(
    ("automatic", "first"),
    [pytest.param([], True, id="a name that was given"), pytest.param(["name"], False, id="an automatic name")],
)
def test_what_goes_first(automatic: list[str], first: bool) -> None:  # noqa: FBT001
    news = {"name": "shop", "purpose": "A", DEFAULTS: automatic}
    found = compare(news, {"name": "shop", "purpose": "B"}, fixed=frozenset({"purpose"}))
    assert found.delete_before_replace is first
    changed = compare({"name": "shop", "description": "new", DEFAULTS: automatic}, {"name": "shop"})
    assert not changed.delete_before_replace


def test_a_secret_and_a_member_of_a_project_always_go_first() -> None:
    for token in ("gcp:secretmanager/secret:Secret", "gcp:projects/iAMMember:IAMMember"):
        schema = Subject.of(token).schema
        assert compare(
            {"project": "a"}, {"project": "b"}, schema=schema, fixed=frozenset({"project"})
        ).delete_before_replace


@pytest.mark.parametrize("ignored", ["description", "logConfig", "secondaryIpRanges[0].ipCidrRange"])
def test_what_the_program_ignores(ignored: str) -> None:
    news = {"description": "a", "logConfig": {"flowSampling": 1}, "secondaryIpRanges": [{"ipCidrRange": "1"}]}
    state = {"description": "b", "logConfig": {"flowSampling": 0}, "secondaryIpRanges": [{"ipCidrRange": "2"}]}
    everything = set(paths(compare(news, state)))
    kept = set(paths(compare(news, state, ignored=(ignored,))))
    assert everything - kept == {path for path in everything if path.startswith(ignored)}


def test_labels_follow_the_provider() -> None:
    state = {"labels": {"a": "1"}, "pulumiLabels": {"a": "1", "team": "x"}, "effectiveLabels": {"a": "1", "team": "x"}}
    foreign = state | {"effectiveLabels": {"a": "1", "team": "x", "goog-gke": "y"}}
    same = {"pulumiLabels": {"a": "1", "team": "x"}}
    for before in (state, foreign):
        assert paths(compare({"labels": {"a": "1"}}, before, schema=SECRET, expected=same)) == {}
    for wanted in ({"a": "1", "team": "y"}, {"a": "1"}):
        found = compare({"labels": {"a": "1"}}, state, schema=SECRET, expected={"pulumiLabels": wanted})
        assert paths(found) == {"effectiveLabels": "UPDATE", "pulumiLabels": "UPDATE"}


def test_another_project_of_the_provider_replaces() -> None:
    assert paths(compare({}, {"project": "a"}, expected={"project": "b"})) == {"project": "UPDATE!"}
    assert paths(compare({"project": "a"}, {"project": "a"}, expected={"project": "b"})) == {}


def test_what_is_only_written_changes_with_its_version() -> None:
    state = {"secret": "s", "secretDataWoVersion": "1"}
    same = {"secret": "s", "secretDataWo": "new", "secretDataWoVersion": "1"}
    assert paths(compare(same, state, schema=VERSION)) == {}
    assert paths(compare(same | {"secretDataWoVersion": "2"}, state, schema=VERSION)) == {
        "secretDataWoVersion": "UPDATE"
    }
