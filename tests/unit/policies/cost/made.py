"""Captures for tests of cost: a few resources, or a committed stack with something else in it."""

import copy
import re
from dataclasses import replace
from typing import Any

from policies.capture import Capture, Resource
from policies.cost import Estimate, Line, estimate

CLUSTER = "gcp:container/cluster:Cluster"
POOL = "gcp:container/nodePool:NodePool"
REGION, ZONE = "us-central1", "us-central1-b"


def resource(
    type_: str, name: str = "it", dependencies: dict[str, tuple[str, ...]] | None = None, /, **inputs: Any
) -> Resource:
    urn = f"urn:pulumi:test::a-tu-mano::{type_}::{name}"
    return Resource(urn=urn, type=type_, name=name, inputs=inputs, property_dependencies=dependencies or {})


def cluster(**inputs: Any) -> Resource:
    """A zonal cluster whose nodes are in pools."""
    return resource(
        CLUSTER,
        "cluster",
        **{"location": ZONE, "removeDefaultNodePool": True, "loggingConfig": {"enableComponents": []}, **inputs},
    )


def pool(name: str = "pool", *, location: str = ZONE, node: dict[str, Any] | None = None, **inputs: Any) -> Resource:
    """A pool of one e2-standard-2 with a boot disk of 50 GB."""
    config = {"machineType": "e2-standard-2", "diskSizeGb": 50, "diskType": "pd-balanced", **(node or {})}
    return resource(POOL, name, **{"location": location, "nodeConfig": config, "nodeCount": 1, **inputs})


def stack(*resources: Resource, name: str = "test") -> Capture:
    return Capture(stack=name, project="a-tu-mano", source="program", resources=resources)


def costs(*resources: Resource, **usage: float) -> Estimate:
    return estimate(stack(*resources), usage)


def line(found: Estimate, what: str) -> Line:
    """The one line of something."""
    lines = [each for each in found.lines if each.what == what]
    assert len(lines) == 1, [each.what for each in found.lines]
    return lines[0]


def edited(capture: Capture, type_: str, name: str | None, values: dict[str, Any]) -> Capture:
    """A capture in which a resource has other values, by path."""
    changed = []
    hits = 0
    for each in capture.resources:
        if each.type == type_ and name in {None, each.name}:
            inputs = copy.deepcopy(dict(each.inputs))
            for path, value in values.items():
                _set(inputs, path, value)
            each = replace(each, inputs=inputs)  # noqa: PLW2901 - the loop builds the list anew
            hits += 1
        changed.append(each)
    assert hits, f"no {type_} {name}"
    return replace(capture, resources=tuple(changed))


def _set(inputs: Any, path: str, value: Any) -> None:
    *above, last = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
    for step in above:
        inputs = inputs[step]
    inputs[last] = value
