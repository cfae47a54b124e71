"""Keys change."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError, Rule, Severity, Violation
from policies.rules._keys import KEY
from policies.rules._reading import shown

_LONGEST: Final = 90 * 24 * 60 * 60


def judge(resource: Resource) -> Iterator[Violation]:
    """Keys that sign can't change by themselves."""
    if resource.get("purpose", "ENCRYPT_DECRYPT") != "ENCRYPT_DECRYPT":
        msg = "Only keys that encrypt and decrypt get new versions by themselves."
        raise NotApplicableError(msg)
    found = resource.get("rotationPeriod")
    if found is None or _seconds(found) > _LONGEST:
        yield Violation(
            f"`rotationPeriod` is {shown(found)}; it has to be 90 days at most, {_LONGEST}s.", "rotationPeriod"
        )


def _seconds(duration: str) -> float:
    return float(duration.removesuffix("s"))


RULE: Final = Rule(
    id="data-key-rotation",
    title="Keys get a new version every 90 days or sooner",
    severity=Severity.MEDIUM,
    reason="What one version has encrypted is what its loss gives away.",
    fix="Set `gcp.keys.rotationDays` to 90 or less.",
    controls=("nsa:secrets",),
    types=(KEY,),
    judge=judge,
)
