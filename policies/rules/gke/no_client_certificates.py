"""Nobody gets in with a certificate."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import CLUSTER
from policies.rules._reading import must_not_be


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent means none."""
    path = "masterAuth.clientCertificateConfig.issueClientCertificate"
    yield from must_not_be(resource, path, (True,), "a certificate can neither be withdrawn nor told to be somebody's")


RULE: Final = Rule(
    id="gke-no-client-certificates",
    title="The cluster issues no client certificate",
    severity=Severity.HIGH,
    reason="Whoever has it is in until it expires in years; IAM is not asked.",
    fix="Leave `masterAuth.clientCertificateConfig.issueClientCertificate` out or set it to false.",
    controls=("cis-gke:5.8.1", "nsa:authentication"),
    types=(CLUSTER,),
    judge=judge,
)
