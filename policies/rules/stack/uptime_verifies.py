"""What is checked from outside is what a customer sees."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError, Rule, Severity, Violation
from policies.rules._reading import must_be

_CHECK: Final = "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig"


def judge(resource: Resource) -> Iterator[Violation]:
    """By HTTPS, with a certificate that holds."""
    if not resource.has("httpCheck"):
        msg = "It is no check by HTTP."
        raise NotApplicableError(msg)
    for path in ("httpCheck.useSsl", "httpCheck.validateSsl"):
        yield from must_be(resource, path, value=True)


RULE: Final = Rule(
    id="stack-uptime-verifies",
    title="Checks from outside verify the certificate",
    severity=Severity.LOW,
    reason="An expired certificate turns every customer away, while a check that does not look is content.",
    fix="Set `httpCheck.useSsl` and `httpCheck.validateSsl`.",
    controls=("nsa:tls",),
    types=(_CHECK,),
    judge=judge,
)
