"""Nodes may write logs and metrics and read images, and no more."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import accounts_of_nodes, granted_to
from policies.rules._reading import must_be_one_of

ALLOWED: Final = (
    "roles/artifactregistry.reader",
    "roles/autoscaling.metricsWriter",
    "roles/container.defaultNodeServiceAccount",
    "roles/logging.logWriter",
    "roles/monitoring.metricWriter",
    "roles/monitoring.viewer",
    "roles/stackdriver.resourceMetadata.writer",
)
"""What a node needs. Source: cloud.google.com/kubernetes-engine/docs/how-to/service-accounts."""


def subjects(capture: Capture) -> list[Resource]:
    """What is granted to accounts that nodes run as."""
    return granted_to(capture, accounts_of_nodes(capture))


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Each role is one that nodes need."""
    for grant in subjects(capture):
        for violation in must_be_one_of(grant, "role", *ALLOWED):
            yield Violation(violation.message, violation.property_path, grant)


RULE: Final = Rule(
    id="iam-nodes-least-privilege",
    title="Nodes may read images, write logs and metrics, and no more",
    severity=Severity.HIGH,
    reason="What a node may do, who breaks out of a container may do; one that writes images puts his into every pod.",
    fix="Take the role from the account of the nodes; give it to an account that one workload uses.",
    controls=("cis-gke:5.1.3", "cis-gke:5.2.1", "nsa:least-privilege"),
    subjects=subjects,
    judge_stack=judge_stack,
)
