"""Rules that ask something of a pod as a whole."""

from policies.capture import UNKNOWN, Capture
from policies.model import Status
from policies.rules.workload import (
    default_namespace,
    graceful_end,
    host_namespaces,
    host_paths,
    no_token,
    non_root,
    own_account,
    priority,
    scratch_size,
    seccomp,
    selector,
    spread,
)
from tests.unit.policies.rules.cases import GONE, changed, findings_of, four_cases, made, resource_of, without

AUTH = "prod kubernetes:apps/v1:Deployment auth"
AUTH_NAMED = "kubernetes:apps/v1:Deployment auth"
POD = "spec.template.spec"
FIRST = f"{POD}.containers[0]"
CONTEXT = f"{POD}.securityContext"

test_non_root = four_cases(
    non_root.RULE,
    AUTH,
    passing=[
        {f"{CONTEXT}.runAsNonRoot": GONE, f"{FIRST}.securityContext.runAsNonRoot": True},
        {f"{CONTEXT}.runAsUser": GONE},
    ],
    failing=[
        {f"{CONTEXT}.runAsNonRoot": GONE},
        {f"{CONTEXT}.runAsNonRoot": False},
        {f"{FIRST}.securityContext.runAsNonRoot": False},
        {f"{CONTEXT}.runAsUser": 0},
        {f"{FIRST}.securityContext.runAsUser": 0},
    ],
    unknown=[CONTEXT, f"{CONTEXT}.runAsNonRoot", f"{CONTEXT}.runAsUser", f"{FIRST}.securityContext.runAsUser"],
)
test_seccomp = four_cases(
    seccomp.RULE,
    AUTH,
    passing=[
        {f"{CONTEXT}.seccompProfile.type": "Localhost"},
        {f"{CONTEXT}.seccompProfile": GONE, f"{FIRST}.securityContext.seccompProfile.type": "RuntimeDefault"},
    ],
    failing=[
        {f"{CONTEXT}.seccompProfile": GONE},
        {f"{FIRST}.securityContext.seccompProfile.type": "Unconfined"},
    ],
    unknown=[CONTEXT, f"{FIRST}.securityContext", f"{CONTEXT}.seccompProfile.type"],
)
test_host_namespaces = four_cases(
    host_namespaces.RULE,
    AUTH,
    passing=[{f"{POD}.hostNetwork": False}],
    failing=[{f"{POD}.hostNetwork": True}, {f"{POD}.hostPID": True}, {f"{POD}.hostIPC": True}],
    unknown=[POD, f"{POD}.hostPID"],
)
test_host_paths = four_cases(
    host_paths.RULE,
    AUTH,
    passing=[{f"{POD}.volumes": GONE}],
    failing=[{f"{POD}.volumes[0]": {"name": "node", "hostPath": {"path": "/"}}}],
    unknown=[f"{POD}.volumes", f"{POD}.volumes[0]"],
)
test_scratch_size = four_cases(
    scratch_size.RULE,
    AUTH,
    failing=[{f"{POD}.volumes[0].emptyDir.sizeLimit": GONE}],
    unknown=[f"{POD}.volumes[0].emptyDir", f"{POD}.volumes[0].emptyDir.sizeLimit"],
)
test_no_token = four_cases(
    no_token.RULE,
    AUTH,
    failing=[{f"{POD}.automountServiceAccountToken": GONE}, {f"{POD}.automountServiceAccountToken": True}],
    unknown=[f"{POD}.automountServiceAccountToken"],
)
test_no_token_of_an_account = four_cases(
    no_token.RULE,
    made("kubernetes:core/v1:ServiceAccount", automountServiceAccountToken=False),
    failing=[{"automountServiceAccountToken": GONE}],
    unknown=["automountServiceAccountToken"],
)
test_priority = four_cases(
    priority.RULE,
    AUTH,
    passing=[{f"{POD}.priorityClassName": "shop"}],
    failing=[{f"{POD}.priorityClassName": "system-cluster-critical"}],
    unknown=[f"{POD}.priorityClassName"],
)
test_graceful_end = four_cases(
    graceful_end.RULE,
    AUTH,
    passing=[
        {f"{POD}.terminationGracePeriodSeconds": GONE},
        {f"{FIRST}.lifecycle.preStop": {"exec": {"command": ["drain"]}}},
    ],
    failing=[
        {f"{POD}.terminationGracePeriodSeconds": 29},
        {f"{FIRST}.lifecycle.preStop.sleep.seconds": 31},
        {f"{FIRST}.lifecycle": GONE},
    ],
    unknown=[f"{POD}.terminationGracePeriodSeconds", f"{FIRST}.lifecycle", f"{FIRST}.ports"],
)
test_graceful_end_of_a_database = four_cases(
    graceful_end.RULE,
    "prod kubernetes:apps/v1:StatefulSet mongodb",
    failing=[{f"{POD}.terminationGracePeriodSeconds": 10}],
    unknown=[f"{POD}.terminationGracePeriodSeconds"],
)
test_selector = four_cases(
    selector.RULE,
    AUTH,
    passing=[{"spec.selector": {"matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "Exists"}]}}],
    failing=[
        {"spec.selector": GONE},
        {"spec.selector.matchLabels": {"app.kubernetes.io/name": "other"}},
        {"spec.selector.matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "In", "values": ["x"]}]},
        {"spec.selector.matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "DoesNotExist"}]},
        {"spec.selector.matchExpressions": [
            {"key": "app.kubernetes.io/name", "operator": "NotIn", "values": ["auth"]}
        ]},
        {"spec.template.metadata.labels": {}},
    ],
    unknown=["spec.selector", "spec.template.metadata.labels"],
)  # fmt: skip
test_default_namespace = four_cases(
    default_namespace.RULE,
    AUTH,
    failing=[{"metadata.namespace": GONE}, {"metadata.namespace": "kube-system"}],
    unknown=["metadata", "metadata.namespace"],
)


def test_what_is_read_may_be_anywhere(local: Capture) -> None:
    """The credentials' Secret is the administrator's."""
    root = resource_of(local, "kubernetes:core/v1:Secret credentials-root")
    assert [finding.status for finding in findings_of(default_namespace.RULE, root)] == [Status.NOT_APPLICABLE]


test_own_account = four_cases(
    own_account.RULE,
    "prod",
    failing=[
        changed(AUTH_NAMED, {f"{POD}.serviceAccountName": GONE}),
        changed(AUTH_NAMED, {f"{POD}.serviceAccountName": "frontend"}),
        without("kubernetes:core/v1:ServiceAccount auth-account"),
    ],
    unknown=[
        changed(AUTH_NAMED, {f"{POD}.serviceAccountName": UNKNOWN}),
        changed(AUTH_NAMED, {"metadata.namespace": UNKNOWN}),
    ],
)
OWN = {"matchLabels": {"app.kubernetes.io/name": "auth"}}
ZONE = {"topologyKey": "topology.kubernetes.io/zone", "labelSelector": OWN}
NODE = {"topologyKey": "kubernetes.io/hostname", "labelSelector": OWN}
test_spread = four_cases(
    spread.RULE,
    "prod",
    passing=[
        changed(AUTH_NAMED, {
            f"{POD}.topologySpreadConstraints": GONE,
            f"{POD}.affinity.podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [NODE],
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": ZONE}],
            },
        }),
    ],
    failing=[
        changed(AUTH_NAMED, {f"{POD}.topologySpreadConstraints": [NODE]}),
        changed(AUTH_NAMED, {f"{POD}.topologySpreadConstraints": [ZONE]}),
        changed(AUTH_NAMED, {f"{POD}.topologySpreadConstraints[0].labelSelector": GONE}),
        changed("kubernetes:apps/v1:StatefulSet mongodb", {"spec.replicas": 3}),
    ],
    unknown=[
        changed(AUTH_NAMED, {f"{POD}.topologySpreadConstraints": UNKNOWN}),
        changed("kubernetes:apps/v1:StatefulSet mongodb", {"spec.replicas": UNKNOWN}),
    ],
)  # fmt: skip
