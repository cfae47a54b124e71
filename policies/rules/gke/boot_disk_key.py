"""Disks of nodes are encrypted with a key of ours."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._keys import must_be_key
from policies.rules.gke._nodes import DESCRIBE_NODES, everywhere


def judge(resource: Resource) -> Iterator[Violation]:
    """Also of nodes that GKE adds by itself; a key is known before its id is."""
    for nodes in everywhere(resource):
        yield from must_be_key(resource, f"{nodes}.bootDiskKmsKey")


RULE: Final = Rule(
    id="gke-boot-disk-key",
    title="Boot disks of nodes are encrypted with a key of ours",
    severity=Severity.MEDIUM,
    reason="Images, logs and what pods write for a while are on them; without the key nobody reads a copy.",
    fix="Set `bootDiskKmsKey`.",
    controls=("cis-gke:5.9.2",),
    types=DESCRIBE_NODES,
    judge=judge,
)
