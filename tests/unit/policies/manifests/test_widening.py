"""A newer schema is asked again unless it surely takes all that the older one takes."""

from typing import Any

import pytest

from policies.manifests import schemas, versions
from policies.manifests.widening import takes_all_of

CLOSED = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}
OPEN = {"type": "object", "properties": {"a": {"type": "string"}}}
MAP = {"type": "object", "additionalProperties": {"type": "string"}}


def wider(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return takes_all_of(old, new, {"node": old}.__getitem__, {"node": new}.__getitem__)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (CLOSED, CLOSED),
        (CLOSED, CLOSED | {"description": "new words", "x-kubernetes-list-type": "map"}),
        (CLOSED, CLOSED | {"properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}),
        (CLOSED | {"required": ["a"]}, CLOSED),
        (CLOSED, CLOSED | {"properties": {"a": {"type": ["string", "null"]}}}),
        ({"enum": ["x"]}, {"enum": ["x", "y"]}),
        ({"enum": ["x"]}, {}),
        ({"type": "string"}, {}),
        (MAP, MAP),
        (MAP, {"type": "object", "additionalProperties": {"type": ["string", "null"]}}),
        ({"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {}}),
        ({"properties": {"next": {"$ref": "node"}}}, {"properties": {"next": {"$ref": "node"}}}),
        ({"oneOf": [{"type": "string"}]}, {"oneOf": [{"type": "string"}]}),
    ],
)
def test_what_takes_more_or_the_same_is_wider(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert wider(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (CLOSED, CLOSED | {"required": ["a"]}),
        (CLOSED, CLOSED | {"properties": {}}),
        (CLOSED, CLOSED | {"properties": {"a": {"type": "integer"}}}),
        ({"enum": ["x", "y"]}, {"enum": ["x"]}),
        ({}, {"enum": ["x"]}),
        ({}, {"type": "string"}),
        (OPEN, CLOSED),
        (OPEN, OPEN | {"properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}),
        (MAP, {"type": "object", "additionalProperties": {"type": "integer"}}),
        (MAP, {"type": "object", "additionalProperties": False}),
        ({"type": "array"}, {"type": "array", "items": {"type": "string"}}),
        ({"type": "string"}, {"type": "string", "pattern": "^a"}),
        ({"$ref": "node"}, {"type": "object"}),
        (
            {"properties": {"next": {"$ref": "node"}, "a": {}}},
            {"properties": {"next": {"$ref": "node"}, "a": {"type": "string"}}},
        ),
        ({"oneOf": [{"type": "string"}]}, {"oneOf": [{"type": "integer"}]}),
    ],
)
def test_what_may_take_less_is_not(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert not wider(old, new)


def test_what_only_grew_is_asked_once_and_what_is_gone_is_asked() -> None:
    minors = versions.known()
    assert schemas.strictest("v1", "ConfigMap", minors) == minors[:1]
    assert len(schemas.strictest("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", minors)) > 1
