"""What changes between two captures."""

from dataclasses import replace

import pytest

from policies.capture import UNKNOWN, Capture, Resource
from policies.comparison import compare
from policies.replacement import replacing


def stack(*resources: Resource, source: str = "program") -> Capture:
    return Capture(stack="prod", project="p", source=source, resources=resources)


def resource(name: str, **inputs: object) -> Resource:
    return Resource(urn=f"urn:pulumi:prod::p::t:i:T::{name}", type="t:i:T", name=name, inputs=inputs)


def test_the_same_stack_does_not_change(prod: Capture) -> None:
    found = compare(prod, prod)
    assert not found
    assert (found.created, found.deleted, found.changed) == ((), (), ())


def test_what_is_new_gone_and_different_is_told_by_property() -> None:
    before = stack(resource("a", x={"y": [1, 2]}, z=None), resource("gone"))
    after = stack(resource("a", x={"y": [1, 3]}, z={}), resource("new"))
    found = compare(before, after)
    assert found
    assert [change.name for change in found.created] == ["new"]
    assert [change.name for change in found.deleted] == ["gone"]
    assert [(change.name, change.properties) for change in found.changed] == [("a", ("x.y[1]",))]


@pytest.mark.parametrize(
    ("kind", "path", "value", "because"),
    [
        ("gcp:container/cluster:Cluster", "location", "europe-west1", ("location",)),
        ("gcp:container/cluster:Cluster", "releaseChannel", {"channel": "REGULAR"}, ()),
        ("gcp:compute/subnetwork:Subnetwork", "ipCidrRange", "10.99.0.0/20", ("ipCidrRange",)),
        ("kubernetes:apps/v1:StatefulSet", "spec", {"serviceName": "x"}, ("spec.selector", "spec.serviceName")),
        ("kubernetes:core/v1:Namespace", "metadata", {"name": "x"}, ("metadata.name",)),
        ("a-tu-mano:gcp:Cluster", "x", 1, ()),
    ],
)
def test_what_can_not_be_changed_in_place_is_replaced(
    prod: Capture, kind: str, path: str, value: object, because: tuple[str, ...]
) -> None:
    before = prod.of(kind)[0]
    after = replace(before, inputs={**before.inputs, path: value})
    now = replace(prod, resources=tuple(after if one is before else one for one in prod.resources))
    found = compare(prod, now)
    [change] = found.replaced or found.changed
    assert change.because == because
    assert bool(found.replaced) == bool(because)


def test_what_is_not_known_on_both_sides_replaces_nothing(prod: Capture) -> None:
    [cluster] = prod.of("gcp:container/cluster:Cluster")
    after = replace(cluster, inputs={**cluster.inputs, "deletionProtection": False})
    assert cluster.raw("network") is UNKNOWN
    assert replacing(cluster, after) == ()


def test_a_change_that_is_ignored_replaces_nothing(prod: Capture) -> None:
    [cluster] = prod.of("gcp:container/cluster:Cluster")
    after = replace(cluster, inputs={**cluster.inputs, "initialNodeCount": 7})
    assert "initialNodeCount" in cluster.ignore_changes
    assert replacing(cluster, after) == ()


def test_false_and_zero_are_values() -> None:
    found = compare(stack(resource("a", on=False)), stack(resource("a", count=0)))
    assert found.changed[0].properties == ("count", "on")


def test_options_count_and_lines_do_not() -> None:
    one = resource("a")
    assert compare(stack(one), stack(replace(one, protect=True))).changed[0].properties == ("protect",)
    assert not compare(stack(one), stack(replace(one, file="infra/x.py", line=3)))


def test_a_value_that_one_source_does_not_know_is_no_change() -> None:
    program, state = stack(resource("a", x=UNKNOWN)), stack(resource("a", x={"y": 1}), source="state")
    assert not compare(state, program)
    assert compare(stack(resource("a", x={"y": 1})), program).changed[0].properties == ("x", "x.y")
