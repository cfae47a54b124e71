"""Every workload is somebody of its own."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Capture, Resource
from policies.model import Rule, Severity, Violation
from policies.rules.workload._pods import ACCOUNT, PODS, named, namespace, spec


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """Named, made by the stack, and no other workload's."""
    accounts = {(namespace(account), named(account)) for account in capture.of(ACCOUNT)}
    users: dict[tuple[str, str], list[Resource]] = {}
    for workload in capture.of(*PODS):
        users.setdefault(_account(workload), []).append(workload)
    for account, workloads in users.items():
        for workload in workloads:
            path = spec(workload, "serviceAccountName")
            others = ", ".join(named(other) for other in workloads if other is not workload)
            if account[1] == "default":
                yield Violation(f"`{path}` is default; it has to name an account of its own.", path, workload)
            elif account not in accounts:
                yield Violation(f"`{path}` is {account[1]}, which the stack does not make.", path, workload)
            elif others:
                yield Violation(f"`{path}` is {account[1]}, which {others} has too.", path, workload)


def _account(workload: Resource) -> tuple[str, str]:
    return namespace(workload), str(workload.get(spec(workload, "serviceAccountName"), "default"))


def subjects(capture: Capture) -> list[Resource]:
    """All that runs pods."""
    return capture.of(*PODS)


RULE: Final = Rule(
    id="workload-own-account",
    title="Workloads have an account of their own",
    severity=Severity.MEDIUM,
    reason="What one account is given, every workload that has it can do; the default one is everybody's.",
    fix="Make a ServiceAccount for the workload and name it in `serviceAccountName`.",
    controls=("cis-gke:4.1.4", "cis-k8s:5.1.5", "nsa:service-account-tokens"),
    types=PODS,
    judge_stack=judge_stack,
    subjects=subjects,
)
