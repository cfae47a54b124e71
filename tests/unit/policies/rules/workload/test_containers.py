"""Rules that ask something of every container."""

from policies.capture import SECRET, UNKNOWN
from policies.rules.workload import (
    capabilities,
    host_ports,
    image_digest,
    image_pull,
    liveness_probe,
    memory_limit,
    no_privilege_escalation,
    read_only_root,
    readiness_probe,
    requests,
    secrets_as_files,
    startup_probe,
    unprivileged,
)
from tests.unit.policies.rules.cases import GONE, four_cases

AUTH = "prod kubernetes:apps/v1:Deployment auth"
DATABASE = "prod kubernetes:apps/v1:StatefulSet mongodb"
POD = "spec.template.spec"
FIRST = f"{POD}.containers[0]"
CONTEXT = f"{FIRST}.securityContext"
BARE = {"name": "bare", "image": "bare"}
ONCE = {f"{POD}.initContainers": [BARE]}
LATER = {f"{POD}.ephemeralContainers": [BARE]}
HIDDEN = [POD, f"{POD}.containers", FIRST]
"""What is not known yet may have any container in it."""

test_read_only_root = four_cases(
    read_only_root.RULE,
    AUTH,
    failing=[{f"{CONTEXT}.readOnlyRootFilesystem": False}, {CONTEXT: GONE}, ONCE, LATER],
    unknown=[*HIDDEN, CONTEXT, f"{CONTEXT}.readOnlyRootFilesystem"],
)
test_no_privilege_escalation = four_cases(
    no_privilege_escalation.RULE,
    AUTH,
    failing=[{f"{CONTEXT}.allowPrivilegeEscalation": True}, {CONTEXT: GONE}, ONCE, LATER],
    unknown=[*HIDDEN, f"{CONTEXT}.allowPrivilegeEscalation"],
)
test_unprivileged = four_cases(
    unprivileged.RULE,
    AUTH,
    passing=[{f"{CONTEXT}.privileged": False}, ONCE],
    failing=[
        {f"{CONTEXT}.privileged": True},
        {f"{POD}.initContainers": [{**BARE, "securityContext": {"privileged": True}}]},
    ],
    unknown=[*HIDDEN, f"{CONTEXT}.privileged", f"{POD}.initContainers"],
)
test_capabilities = four_cases(
    capabilities.RULE,
    AUTH,
    passing=[{f"{CONTEXT}.capabilities.add": ["NET_BIND_SERVICE"]}],
    failing=[
        {f"{CONTEXT}.capabilities.add": ["NET_BIND_SERVICE", "NET_RAW"]},
        {f"{CONTEXT}.capabilities.drop": ["NET_RAW"]},
        {f"{CONTEXT}.capabilities": GONE},
        ONCE,
    ],
    unknown=[*HIDDEN, f"{CONTEXT}.capabilities.drop", f"{CONTEXT}.capabilities.add"],
)
test_image_digest = four_cases(
    image_digest.RULE,
    AUTH,
    passing=[{f"{FIRST}.image": f"registry.example/auth:1@sha256:{'1' * 64}"}],
    failing=[{f"{FIRST}.image": "auth:latest"}, {f"{FIRST}.image": "auth@sha256:123"}, {f"{FIRST}.image": GONE}, ONCE],
    unknown=[*HIDDEN, f"{FIRST}.image"],
)
test_image_pull = four_cases(
    image_pull.RULE,
    AUTH,
    passing=[{f"{FIRST}.imagePullPolicy": "Always"}, {f"{FIRST}.imagePullPolicy": "IfNotPresent"}],
    failing=[{f"{FIRST}.imagePullPolicy": "Never"}],
    unknown=[*HIDDEN, f"{FIRST}.imagePullPolicy"],
)
test_requests = four_cases(
    requests.RULE,
    AUTH,
    failing=[{f"{FIRST}.resources": GONE}, {f"{FIRST}.resources.requests.cpu": GONE}, ONCE],
    unknown=[*HIDDEN, f"{FIRST}.resources", f"{FIRST}.resources.requests.memory"],
)
test_memory_limit = four_cases(
    memory_limit.RULE,
    AUTH,
    failing=[{f"{FIRST}.resources": GONE}, {f"{FIRST}.resources.limits.memory": GONE}, ONCE],
    unknown=[*HIDDEN, f"{FIRST}.resources.limits"],
)
test_readiness_probe = four_cases(
    readiness_probe.RULE,
    AUTH,
    passing=[ONCE, {f"{FIRST}.readinessProbe.periodSeconds": UNKNOWN}],
    failing=[{f"{FIRST}.readinessProbe": GONE}, {f"{POD}.containers": [BARE]}],
    unknown=[*HIDDEN, f"{FIRST}.readinessProbe"],
)
test_liveness_probe = four_cases(
    liveness_probe.RULE,
    DATABASE,
    failing=[{f"{FIRST}.livenessProbe": GONE}],
    unknown=[*HIDDEN, f"{FIRST}.livenessProbe"],
)
test_startup_probe = four_cases(
    startup_probe.RULE,
    DATABASE,
    failing=[{f"{FIRST}.startupProbe": GONE}],
    unknown=[*HIDDEN, f"{FIRST}.startupProbe"],
)
test_host_ports = four_cases(
    host_ports.RULE,
    AUTH,
    passing=[{f"{FIRST}.ports[0].hostPort": 0}, {f"{FIRST}.ports": GONE}],
    failing=[{f"{FIRST}.ports[1].hostPort": 9090}],
    unknown=[*HIDDEN, f"{FIRST}.ports", f"{FIRST}.ports[0].hostPort"],
)
test_secrets_as_files = four_cases(
    secrets_as_files.RULE,
    AUTH,
    passing=[
        {f"{FIRST}.env": GONE},
        {f"{FIRST}.env[0]": {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}},
        {f"{FIRST}.envFrom": [{"configMapRef": {"name": "settings"}}]},
    ],
    failing=[
        {f"{FIRST}.env[0].value": SECRET},
        {f"{FIRST}.env[0]": {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "auth", "key": "key"}}}},
        {f"{FIRST}.envFrom": [{"secretRef": {"name": "auth"}}]},
    ],
    unknown=[*HIDDEN, f"{FIRST}.env", f"{FIRST}.env[0].value", f"{FIRST}.env[0].valueFrom", f"{FIRST}.envFrom"],
)
