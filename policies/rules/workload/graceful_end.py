"""A pod that ends loses no request."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.pods import DEPLOYMENT, STATEFUL_SET
from policies.rules.workload._pods import containers, present, spec

_FINISHING: Final = 15
"""Seconds a server is given after the pause, to finish what it has begun."""
_DEFAULT: Final = 30


def judge(resource: Resource) -> Iterator[Violation]:
    """The pause of a Deployment's containers that serve, and time after it."""
    grace = resource.get(spec(resource, "terminationGracePeriodSeconds"), _DEFAULT)
    for path in containers(resource, "containers"):
        pause = resource.get(f"{path}.lifecycle.preStop.sleep.seconds", 0)
        serves = resource.type == DEPLOYMENT and present(resource, f"{path}.ports")
        if serves and not pause and not present(resource, f"{path}.lifecycle.preStop"):
            yield Violation(f"`{path}.lifecycle.preStop` is absent; it has to pause.", f"{path}.lifecycle.preStop")
        if grace < pause + _FINISHING:
            message = f"A pod has {grace} s to end and pauses for {pause}; it has to have {pause + _FINISHING} or more."
            yield Violation(message, spec(resource, "terminationGracePeriodSeconds"))


RULE: Final = Rule(
    id="workload-graceful-end",
    title="Pods are given time to end",
    severity=Severity.MEDIUM,
    reason=(
        "Proxies send requests to a pod for seconds after it is told to end; a server that keeps data has to "
        "write it down."
    ),
    fix=(
        "Set `terminationGracePeriodSeconds` to the pause of `preStop` plus 15 seconds or more; pause in "
        "`preStop` where requests come in."
    ),
    controls=(),
    types=(DEPLOYMENT, STATEFUL_SET),
    judge=judge,
)
