"""What something is part of can be read from it, and from the bill."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation

LABELLED: Final[Mapping[str, str]] = {
    "gcp:artifactregistry/repository:Repository": "labels",
    "gcp:certificatemanager/certificate:Certificate": "labels",
    "gcp:certificatemanager/certificateMap:CertificateMap": "labels",
    "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry": "labels",
    "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": "labels",
    "gcp:compute/address:Address": "labels",
    "gcp:compute/disk:Disk": "labels",
    "gcp:compute/globalAddress:GlobalAddress": "labels",
    "gcp:compute/instance:Instance": "labels",
    "gcp:compute/securityPolicy:SecurityPolicy": "labels",
    "gcp:container/cluster:Cluster": "resourceLabels",
    "gcp:dns/managedZone:ManagedZone": "labels",
    "gcp:gkebackup/backupPlan:BackupPlan": "labels",
    "gcp:kms/cryptoKey:CryptoKey": "labels",
    "gcp:organizations/project:Project": "labels",
    "gcp:pubsub/topic:Topic": "labels",
    "gcp:secretmanager/secret:Secret": "labels",
    "gcp:storage/bucket:Bucket": "labels",
}
"""The types of this project, and likely ones, that take labels, and the property that has them.

Source: the types of pulumi_gcp with an output `effective_labels`, which are those that a provider's labels reach.
"""
REQUIRED: Final = ("managed-by", "part-of", "stack")


def subjects(capture: Capture) -> list[Resource]:
    """What takes labels and is made by the stack."""
    return [resource for resource in capture.of(*LABELLED) if not resource.read]


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Its own labels and those its provider gives to all have the three that are asked for."""
    for resource in subjects(capture):
        path = LABELLED[resource.type]
        labels = {**_of_provider(capture, resource), **resource.get(path, {})}
        missing = [name for name in REQUIRED if not labels.get(name)]
        if missing:
            yield Violation(f"`{path}` has no {', '.join(missing)}, nor has its provider; it has to.", path, resource)


def _of_provider(capture: Capture, resource: Resource) -> Mapping[str, Any]:
    provider = capture.find(resource.provider) if resource.provider else None
    if provider is None:
        return {}
    found = provider.get("defaultLabels", {})
    return dict(json.loads(found)) if isinstance(found, str) else dict(found)


RULE: Final = Rule(
    id="stack-labels",
    title="Everything that takes labels says what it is part of",
    severity=Severity.LOW,
    reason="Costs are told apart by labels, and what nobody can place nobody dares to delete.",
    fix="Give the provider `default_labels`, or the resource labels, from infra/naming.py.",
    subjects=subjects,
    judge_stack=judge_stack,
)
