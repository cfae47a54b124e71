"""HTTPS has a certificate of the stack's."""

from collections.abc import Iterator, Mapping
from typing import Final

from policies.capture import UNKNOWN, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each
from policies.rules.workload._edge import GATEWAY

_MAP: Final = "networking.gke.io/certmap"
_MAPS: Final = "gcp:certificatemanager/certificateMap:CertificateMap"


def judge(resource: Resource) -> Iterator[Violation]:
    """By the annotation, whose map may be known to come from the stack before its name is; or by the listener."""
    mapped = resource.raw("metadata.annotations")
    mapped = mapped.get(_MAP) if isinstance(mapped, Mapping) else mapped
    if mapped is UNKNOWN and not resource.comes_from("metadata", _MAPS):
        mapped = resource.get("metadata.annotations")
    for path in each(resource, "spec.listeners"):
        secure = resource.get(f"{path}.protocol") == "HTTPS"
        if secure and not mapped and not resource.get(f"{path}.tls.certificateRefs"):
            yield Violation(f"`{path}` has no certificate; it has to have one.", f"{path}.tls")


RULE: Final = Rule(
    id="workload-gateway-certificate",
    title="HTTPS listeners have a certificate",
    severity=Severity.HIGH,
    reason="Without one the load balancer is not made, or a browser warns of it.",
    fix=(
        "Name the certificate map in the annotation `networking.gke.io/certmap`, or certificates in the "
        "listener's `tls`."
    ),
    controls=("nsa:tls",),
    types=(GATEWAY,),
    judge=judge,
)
