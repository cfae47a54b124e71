"""Reading a resource: paths, what is absent, and what is not known."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.capture import UNKNOWN, Capture, Resource, UnknownValueError, leaves, name_of, type_of

KEYS = st.text(alphabet="abcXYZ-/_", min_size=1, max_size=5)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.just(UNKNOWN)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)


def resource(**inputs: Any) -> Resource:
    return Resource(urn="urn:pulumi:s::p::t:i:T::n", type="t:i:T", name="n", inputs=inputs)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_every_leaf_is_read_by_its_path(inputs: dict[str, Any]) -> None:
    one = resource(**inputs)
    for path, value in leaves(inputs):
        if not path:
            continue
        assert one.raw(path) is value or one.raw(path) == value
        if value is UNKNOWN:
            with pytest.raises(UnknownValueError):
                one.get(path)


def test_what_is_absent_is_none_or_the_default() -> None:
    one = resource(a={"b": [{"c": 1}]}, n=None)
    assert one.get("a.b[0].c") == 1
    assert [one.get(path) for path in ("x", "a.x", "a.b[1].c", "a.b[0].c.d", "n")] == [None] * 5
    assert one.get("a.x", 7) == 7
    assert one.get("n", 7) == 7


@pytest.mark.parametrize("path", ["a", "a.b", "a.b.c", "a.b[0]"])
def test_what_is_below_or_above_an_unknown_is_not_known(path: str) -> None:
    one = resource(a={"b": UNKNOWN, "d": 1})
    with pytest.raises(UnknownValueError, match="not known before it is created"):
        one.get(path)
    assert one.get("a.d") == 1
    assert one.has(path)
    assert one.unknowns() == ["a.b"]


def test_parts_of_a_urn() -> None:
    urn = "urn:pulumi:dev::a-tu-mano::a:b:C$d:e/f:G::a::name"
    assert type_of(urn) == "d:e/f:G"
    assert name_of(urn) == "a::name"


def test_the_components_above_are_outermost_first(prod: Capture) -> None:
    [policy] = prod.of("gcp:binaryauthorization/policy:Policy")
    assert [one.type for one in prod.components_of(policy)] == [
        "a-tu-mano:gcp:Cluster",
        "a-tu-mano:gcp:BinaryAuthorization",
    ]
