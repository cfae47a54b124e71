"""Certificates are renewed by Google."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_set

_MANAGER: Final = "gcp:certificatemanager/certificate:Certificate"


def judge(resource: Resource) -> Iterator[Violation]:
    """Of Certificate Manager, or of Compute Engine, which has a kind that is always managed."""
    if resource.type != _MANAGER:
        yield Violation("It is uploaded; Google has to manage it.")
        return
    yield from must_be_set(resource, "managed.domains", "the domains of a managed certificate")


RULE: Final = Rule(
    id="network-managed-certificates",
    title="Google manages the certificates of the edge",
    severity=Severity.MEDIUM,
    reason="One that a person renews expires on a Sunday, and its private key lies in files until then.",
    fix="Use certificatemanager.Certificate with `managed`.",
    controls=("cis-gke:5.6.7", "nsa:tls"),
    types=(
        _MANAGER,
        "gcp:compute/sSLCertificate:SSLCertificate",
        "gcp:compute/regionSslCertificate:RegionSslCertificate",
    ),
    judge=judge,
)
