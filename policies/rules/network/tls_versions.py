"""Only current TLS is spoken."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import must_be_one_of


def judge(resource: Resource) -> Iterator[Violation]:
    """The defaults take TLS 1.0 and weak ciphers."""
    yield from must_be_one_of(resource, "minTlsVersion", "TLS_1_2", "TLS_1_3")
    yield from must_be_one_of(resource, "profile", "MODERN", "RESTRICTED", "FIPS_202205")


RULE: Final = Rule(
    id="network-tls-versions",
    title="TLS policies take TLS 1.2 or newer with modern ciphers",
    severity=Severity.HIGH,
    reason="Older versions and ciphers can be made to give the session away.",
    fix="Set `minTlsVersion` to TLS_1_2 and `profile` to RESTRICTED.",
    controls=("nsa:tls",),
    types=("gcp:compute/sSLPolicy:SSLPolicy", "gcp:compute/regionSslPolicy:RegionSslPolicy"),
    judge=judge,
)
