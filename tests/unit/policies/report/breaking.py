"""A stack in which one thing is wrong, and one resource fewer than before."""

from dataclasses import replace

from policies.capture import Capture

CLUSTER = "gcp:container/cluster:Cluster"


def public_nodes(capture: Capture) -> Capture:
    """Its nodes have public addresses."""
    resources = [
        replace(one, inputs={**one.inputs, "privateClusterConfig": {"enablePrivateNodes": False}})
        if one.type == CLUSTER
        else one
        for one in capture.resources
    ]
    return replace(capture, resources=tuple(resources))


def without(capture: Capture, name: str) -> Capture:
    """Without the resources of a name."""
    return replace(capture, resources=tuple(one for one in capture.resources if one.name != name))
