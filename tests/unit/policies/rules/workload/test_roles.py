"""Rules on what roles allow, and to whom they are given."""

import pytest

from policies.model import Rule
from policies.rules.workload import role_bindings, role_escalation, role_secrets, role_wildcards
from tests.unit.policies.rules.cases import GONE, four_cases, made

RBAC = "kubernetes:rbac.authorization.k8s.io/v1"
ROLE = made(f"{RBAC}:Role", rules=[{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}])
BINDING = made(
    f"{RBAC}:RoleBinding", roleRef={"name": "settings"}, subjects=[{"kind": "ServiceAccount", "name": "auth"}]
)

test_role_wildcards = four_cases(
    role_wildcards.RULE,
    ROLE,
    failing=[
        {"rules[0].apiGroups": ["*"]},
        {"rules[0].resources": ["*"]},
        {"rules[0].verbs": ["get", "*"]},
        {"rules[0].nonResourceURLs": ["*"]},
    ],
    unknown=["rules", "rules[0].verbs", "rules[0].resources"],
)
test_role_secrets = four_cases(
    role_secrets.RULE,
    ROLE,
    passing=[
        {"rules[0].resources": ["secrets"], "rules[0].verbs": ["create"]},
        {"rules[0].resources": ["secrets"], "rules[0].resourceNames": ["auth"]},
    ],
    failing=[
        {"rules[0].resources": ["secrets"]},
        {"rules[0].resources": ["secrets"], "rules[0].verbs": ["watch"], "rules[0].resourceNames": ["auth"]},
    ],
    unknown=["rules", "rules[0].verbs", "rules[0].resources"],
)
test_role_escalation = four_cases(
    role_escalation.RULE,
    ROLE,
    failing=[{"rules[0].verbs": [verb]} for verb in ("bind", "escalate", "impersonate")],
    unknown=["rules", "rules[0].verbs"],
)
test_role_bindings = four_cases(
    role_bindings.RULE,
    BINDING,
    passing=[{"subjects": GONE}],
    failing=[
        {"roleRef.name": "cluster-admin"},
        {"subjects[0].name": "default"},
        {"subjects[0]": {"kind": "Group", "name": "system:masters"}},
        {"subjects[0]": {"kind": "User", "name": "system:anonymous"}},
    ],
    unknown=["roleRef.name", "subjects", "subjects[0].name"],
)


@pytest.mark.parametrize("rule", [role_wildcards.RULE, role_secrets.RULE, role_escalation.RULE])
def test_roles_of_the_whole_cluster_are_judged_too(rule: Rule) -> None:
    assert f"{RBAC}:ClusterRole" in rule.types
