"""Rights are given to somebody, and not all of them."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.model import Rule, Severity, Violation
from policies.rules._reading import each, must_not_be

_RBAC: Final = "kubernetes:rbac.authorization.k8s.io/v1"
_EVERYBODY: Final = (
    "system:masters", "system:anonymous", "system:unauthenticated", "system:authenticated", "system:serviceaccounts",
    "default",
)  # fmt: skip


def judge(resource: Resource) -> Iterator[Violation]:
    """Neither the role of administrators, nor a subject that is everybody."""
    yield from must_not_be(resource, "roleRef.name", ("cluster-admin",), "that is every right there is")
    for subject in each(resource, "subjects"):
        yield from must_not_be(resource, f"{subject}.name", _EVERYBODY, "that is not one account of the stack's")


RULE: Final = Rule(
    id="workload-role-bindings",
    title="Nobody is made administrator, and nobody unknown anything",
    severity=Severity.CRITICAL,
    reason=(
        "Who is cluster-admin owns every secret; a right of everybody's, or of the default account, is an "
        "attacker's too."
    ),
    fix="Bind a role with the rights that are needed to an account of its own.",
    controls=(
        "cis-gke:4.1.1",
        "cis-gke:4.1.4",
        "cis-gke:4.1.6",
        "cis-gke:4.1.8",
        "cis-gke:4.1.9",
        "cis-gke:4.1.10",
        "nsa:rbac",
        "cis-k8s:5.1.1",
        "cis-k8s:5.1.7",
    ),
    types=(f"{_RBAC}:RoleBinding", f"{_RBAC}:ClusterRoleBinding"),
    judge=judge,
)
