"""Projects: the container of everything else, whose id is taken for good."""

import re
from collections.abc import Iterator
from typing import Final

from local.gcp.kinds import (
    BILLING_ACCOUNT,
    FOLDER,
    ORGANIZATION,
    PROJECT,
    SERVICE,
    Cloud,
    Kind,
    Properties,
    Reference,
    Resource,
)
from local.gcp.rules import DELETION_POLICY, NETWORK, labels, settled

_FORBIDDEN: Final = ("google", "null", "undefined", "ssl")


def _words(resource: Resource, _cloud: Cloud) -> Iterator[str]:
    """Source: cloud.google.com/resource-manager/docs/creating-managing-projects, "project id"."""
    for word in _FORBIDDEN:
        if word in str(resource.get("projectId")):
            yield f"The project id {resource.get('projectId')} has the restricted word {word!r}. Use another id."


def _network(resource: Resource, _cloud: Cloud) -> Iterator[str]:
    if resource.get("autoCreateNetwork") is False and not resource.get("billingAccount"):
        yield (
            "Error enabling the Compute Engine API required to delete the default network: billing must be enabled for "
            "activation of service 'compute.googleapis.com'. Set billingAccount."
        )


def _companions(resource: Resource, _cloud: Cloud) -> Iterator[tuple[str, Properties]]:
    project = resource.get("projectId")
    if resource.get("autoCreateNetwork") is not False:
        yield NETWORK, {"name": "default", "project": project, "autoCreateSubnetworks": True}
    else:
        # The provider enables it to delete the default network.
        yield SERVICE, {"project": project, "service": "compute.googleapis.com"}


KINDS: Final = (
    Kind(
        token=PROJECT,
        id="projects/{projectId}",
        api=None,
        source="cloud.google.com/resource-manager/reference/rest/v1/projects",
        names=("projectId", "number"),
        immutable=frozenset({"projectId", "tags"}),
        conflicts=(("orgId", "folderId"),),
        values={
            "projectId": re.compile(r"[a-z][-a-z0-9]{4,28}[a-z0-9]"),
            "name": re.compile(r"[A-Za-z0-9\-'\"\s!]{4,30}"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(labels()),
        defaults={"autoCreateNetwork": True, "deletionPolicy": "PREVENT"},
        references=(
            Reference(
                path="billingAccount",
                to=(BILLING_ACCOUNT,),
                holds=False,
                status=403,
                message='missing permission on "billingAccounts/{value}": billing.resourceAssociations.create',
            ),
            Reference(path="orgId", to=(ORGANIZATION,), holds=False, status=403),
            Reference(path="folderId", to=(FOLDER,), holds=False, status=403),
        ),
        rules=(_words, _network),
        keeps_name=True,
        outputs=lambda resource, _: {"number": resource.number(12)},
        companions=_companions,
    ),
)
