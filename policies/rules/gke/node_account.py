"""Nodes run as an account made for them."""

from collections.abc import Iterator
from typing import Final

from policies.capture import UNKNOWN, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import ACCOUNT
from policies.rules._reading import must_be_set
from policies.rules.gke._nodes import DESCRIBE_NODES, everywhere

_DEFAULT: Final = "-compute@developer.gserviceaccount.com"


def judge(resource: Resource) -> Iterator[Violation]:
    """Absent is Compute Engine's default account. One of the stack is known before its address is."""
    for nodes in everywhere(resource):
        path = f"{nodes}.serviceAccount"
        if resource.raw(path) is UNKNOWN and resource.comes_from(path, ACCOUNT):
            continue
        yield from must_be_set(resource, path, "an account made for nodes")
        found = str(resource.get(path, ""))
        if found == "default" or found.endswith(_DEFAULT):
            yield Violation(
                f"`{path}` is {found}, Compute Engine's default account; nodes have to have their own.", path
            )


RULE: Final = Rule(
    id="gke-node-account",
    title="Nodes run as an account of their own",
    severity=Severity.HIGH,
    reason="The default account is shared by every machine of the project and is often editor of all of it.",
    fix="Set `nodeConfig.serviceAccount` to an account with `roles/container.defaultNodeServiceAccount`.",
    controls=("cis-gke:5.2.1", "nsa:least-privilege"),
    types=DESCRIBE_NODES,
    judge=judge,
)
