"""Volumes are of a class of the stack."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import shown
from policies.rules.data._volumes import CLASS, claiming, claims


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """By the name of one; absent is the cluster's own, which has Google's key."""
    own = {found.get("metadata.name") for found in capture.of(CLASS)}
    for claim in claims(capture) if subjects(capture) else ():
        path = f"{claim.path}.storageClassName"
        found = claim.resource.get(path)
        if found not in own:
            message = f"`{path}` is {shown(found)}; it has to be a StorageClass of the stack."
            yield Violation(message, path, claim.resource)


def subjects(capture: Capture) -> list[Resource]:
    """What asks for a disk, where the stack has a cluster of its own; elsewhere classes are the cluster's."""
    return claiming(capture) if capture.of(CLUSTER) else []


RULE: Final = Rule(
    id="data-volume-class",
    title="Volumes are of a StorageClass of the stack",
    severity=Severity.HIGH,
    reason="Classes that GKE brings know no key of ours, so that the rule of keys would be kept and mean nothing.",
    fix="Name the stack's StorageClass in `storageClassName`.",
    controls=("cis-gke:5.9.1",),
    types=(CLUSTER,),
    judge_stack=judge_stack,
    subjects=subjects,
)
