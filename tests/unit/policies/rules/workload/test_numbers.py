"""Rules on how many pods there are, and what becomes of their data."""

from policies.capture import UNKNOWN
from policies.rules.workload import (
    autoscaler,
    autoscaler_range,
    database_members,
    disruption_budget,
    disruption_room,
    storage_retained,
    volume_retention,
)
from tests.unit.policies.rules.cases import GONE, added, changed, four_cases, made, without

AUTH = "kubernetes:apps/v1:Deployment auth"
DATABASE = "kubernetes:apps/v1:StatefulSet mongodb"
SCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler auth-autoscaler"
BUDGET = "kubernetes:policy/v1:PodDisruptionBudget auth-budget"
TWIN = made(
    "kubernetes:policy/v1:PodDisruptionBudget",
    metadata={"name": "twin", "namespace": "shop"},
    spec={"maxUnavailable": 1, "selector": {"matchLabels": {"app.kubernetes.io/name": "auth"}}},
)

test_autoscaler = four_cases(
    autoscaler.RULE,
    "prod",
    failing=[
        without(SCALER),
        changed(SCALER, {"spec.scaleTargetRef.name": "other"}),
        changed(SCALER, {"spec.scaleTargetRef.name": "orders"}),
        changed(SCALER, {"metadata.namespace": "edge"}),
    ],
    unknown=[changed(SCALER, {"spec.scaleTargetRef": UNKNOWN}), changed(AUTH, {"metadata.name": UNKNOWN})],
)
test_autoscaler_range = four_cases(
    autoscaler_range.RULE,
    f"prod {SCALER}",
    passing=[{"spec.minReplicas": 2, "spec.maxReplicas": 3}],
    failing=[{"spec.minReplicas": 1}, {"spec.minReplicas": GONE}, {"spec.minReplicas": 12}, {"spec.maxReplicas": GONE}],
    unknown=["spec.minReplicas", "spec.maxReplicas"],
)
test_disruption_budget = four_cases(
    disruption_budget.RULE,
    "prod",
    failing=[
        without(BUDGET),
        added(TWIN),
        changed(BUDGET, {"spec.selector.matchLabels": {"app.kubernetes.io/name": "other"}}),
        changed(DATABASE, {"spec.replicas": 3}),
    ],
    unknown=[changed(BUDGET, {"spec.selector": UNKNOWN}), changed(SCALER, {"spec.minReplicas": UNKNOWN})],
)
test_disruption_room = four_cases(
    disruption_room.RULE,
    "prod",
    passing=[
        changed(BUDGET, {"spec.maxUnavailable": 2}),
        changed(BUDGET, {"spec.maxUnavailable": "34%"}),
        changed(BUDGET, {"spec.maxUnavailable": GONE, "spec.minAvailable": 2}),
        changed(SCALER, {"spec.minReplicas": 1}),
    ],
    failing=[
        changed(BUDGET, {"spec.maxUnavailable": 0}),
        changed(BUDGET, {"spec.maxUnavailable": 3}),
        changed(BUDGET, {"spec.maxUnavailable": "100%"}),
        changed(BUDGET, {"spec.maxUnavailable": GONE}),
        changed(BUDGET, {"spec.maxUnavailable": GONE, "spec.minAvailable": 3}),
        changed(BUDGET, {"spec.maxUnavailable": GONE, "spec.minAvailable": "67%"}),
    ],
    unknown=[
        changed(BUDGET, {"spec.maxUnavailable": UNKNOWN}),
        changed(SCALER, {"spec.minReplicas": UNKNOWN}),
    ],
)
test_database_members = four_cases(
    database_members.RULE,
    made("kubernetes:apps/v1:StatefulSet", spec={"replicas": 3}),
    passing=[{"spec.replicas": 5}],
    failing=[{"spec.replicas": 2}, {"spec.replicas": GONE}],
    unknown=["spec", "spec.replicas"],
)
test_volume_retention = four_cases(
    volume_retention.RULE,
    f"prod {DATABASE}",
    passing=[{"spec.persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"}}],
    failing=[
        {"spec.persistentVolumeClaimRetentionPolicy.whenDeleted": "Delete"},
        {"spec.persistentVolumeClaimRetentionPolicy.whenScaled": "Delete"},
    ],
    unknown=["spec.persistentVolumeClaimRetentionPolicy"],
)
test_storage_retained = four_cases(
    storage_retained.RULE,
    made("kubernetes:storage.k8s.io/v1:StorageClass", reclaimPolicy="Retain"),
    failing=[{"reclaimPolicy": "Delete"}, {"reclaimPolicy": GONE}],
    unknown=["reclaimPolicy"],
)
