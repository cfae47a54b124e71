"""Containers have none of the kernel's capabilities."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import shown
from policies.rules.workload._pods import PODS, containers


def judge(resource: Resource) -> Iterator[Violation]:
    """All dropped; the one that restricted pods may add is fine."""
    for path in containers(resource):
        where = f"{path}.securityContext.capabilities"
        dropped, added = resource.get(f"{where}.drop", []), resource.get(f"{where}.add", [])
        if "ALL" not in dropped:
            yield Violation(f"`{where}.drop` is {shown(dropped)}; it has to have ALL.", f"{where}.drop")
        if extra := sorted({*added} - {"NET_BIND_SERVICE"}):
            yield Violation(f"`{where}.add` has {', '.join(extra)}; it may have NET_BIND_SERVICE only.", f"{where}.add")


RULE: Final = Rule(
    id="workload-capabilities",
    title="Containers drop all capabilities",
    severity=Severity.HIGH,
    reason="Each capability is a part of what root may do; the shop's programs need none.",
    fix="Set `securityContext.capabilities` to `drop: [ALL]`, and add none but NET_BIND_SERVICE.",
    controls=("cis-k8s:5.2.8", "cis-k8s:5.2.9", "pss:restricted", "nsa:hardened-runtime"),
    types=PODS,
    judge=judge,
)
