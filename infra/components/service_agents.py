"""Google's own accounts, by which its services act in a project, and what has to be done before one can be granted to.

An account that does not exist yet can't be granted anything, and enabling an API makes some of them, not all. So every
primary one that this project grants to is asked for once its API is enabled, and gets the role it would get if Google
had made it unasked: to one that was asked for, Google grants nothing.

Source: cloud.google.com/iam/docs/create-service-agents, cloud.google.com/iam/docs/service-agents.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi


@dataclass(frozen=True, slots=True)
class ServiceAgent:
    """One of Google's accounts in a project."""

    domain: str
    """Between the at sign and ".iam.gserviceaccount.com" of its address."""
    requested: bool = True
    """Whether it can be asked for; others are there as soon as their API is enabled."""
    role: str | None = None
    """Role it needs on the project to do its work, as far as it has to be granted here."""


SERVICE_AGENTS: Final[Mapping[str, ServiceAgent]] = {
    "artifactregistry.googleapis.com": ServiceAgent(
        "gcp-sa-artifactregistry", role="roles/artifactregistry.serviceAgent"
    ),
    "binaryauthorization.googleapis.com": ServiceAgent(
        "gcp-sa-binaryauthorization", role="roles/binaryauthorization.serviceAgent"
    ),
    "cloudbuild.googleapis.com": ServiceAgent("gcp-sa-cloudbuild", role="roles/cloudbuild.serviceAgent"),
    "compute.googleapis.com": ServiceAgent("compute-system", requested=False),
    "container.googleapis.com": ServiceAgent("container-engine-robot", role="roles/container.serviceAgent"),
    "gkebackup.googleapis.com": ServiceAgent("gcp-sa-gkebackup", role="roles/gkebackup.serviceAgent"),
    "pubsub.googleapis.com": ServiceAgent("gcp-sa-pubsub", role="roles/pubsub.serviceAgent"),
    # It has no role of its own: what it may do, it is granted on keys and topics.
    "secretmanager.googleapis.com": ServiceAgent("gcp-sa-secretmanager"),
}
"""The accounts that components grant something to, by the API they act for."""


def service_agent(api: str, number: pulumi.Input[str]) -> pulumi.Output[str]:
    """The IAM member of an API's account, e.g. "serviceAccount:service-123@compute-system.iam.gserviceaccount.com".

    Grant it something only after `Project.apis[api]`.

    Args:
        api: A key of SERVICE_AGENTS.
        number: Number of the project.
    """
    return pulumi.Output.format(
        "serviceAccount:service-{0}@{1}.iam.gserviceaccount.com", number, SERVICE_AGENTS[api].domain
    )
