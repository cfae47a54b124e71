"""What is kept: each rule of keys, buckets, images, volumes and backups, passing, failing, unknown and unrelated."""

from typing import Final

from policies.capture import UNKNOWN
from policies.rules._keys import KEY
from policies.rules.data import (
    backup_complete,
    backup_key,
    backup_locked,
    backup_namespaces,
    backup_retention,
    backup_schedule,
    bucket_kept,
    bucket_key,
    bucket_not_public,
    bucket_uniform_access,
    bucket_versions,
    image_scanning,
    key_recovery,
    key_rotation,
    registry_cleanup,
    registry_immutable,
    registry_key,
    volume_class,
    volume_key,
)
from policies.rules.data._images import REGISTRY
from policies.rules.data._types import BUCKET, PLAN
from policies.rules.data._volumes import CLAIM, CLASS, STATEFUL_SET
from tests.unit.policies.rules.cases import GONE, added, changed, four_cases, made, without

A_KEY: Final = f"prod {KEY} keys-disks"
ID: Final = "projects/p/locations/l/keyRings/r/cryptoKeys/k"
STATE: Final = made(
    BUCKET,
    uniformBucketLevelAccess=True,
    publicAccessPrevention="enforced",
    versioning={"enabled": True},
    encryption={"defaultKmsKeyName": UNKNOWN},
    sources={"encryption": [KEY]},
)
IMAGES: Final = f"prod {REGISTRY} registry"
SCANS: Final = "gcp:projects/service:Service project-containerscanning"
SCANNING: Final = "vulnerabilityScanningConfig.enablementConfig"
THE_CLAIM: Final = f"{CLAIM} mongodb-data"
THE_PLAN: Final = f"prod {PLAN} backup"
NAMESPACES: Final = "backupConfig.selectedNamespaces.namespaces"
ENCRYPTION: Final = "backupConfig.encryptionKey.gcpKmsEncryptionKey"

test_key_rotation = four_cases(
    key_rotation.RULE,
    A_KEY,
    passing=[{"rotationPeriod": "86400s"}],
    failing=[{"rotationPeriod": "7776001s"}, {"rotationPeriod": GONE}],
    unknown=["rotationPeriod", "purpose"],
    not_applicable=[{"purpose": "ASYMMETRIC_SIGN"}],
)
test_key_recovery = four_cases(
    key_recovery.RULE,
    A_KEY,
    passing=[{"destroyScheduledDuration": GONE}, {"destroyScheduledDuration": "604800s"}],
    failing=[{"destroyScheduledDuration": "86400s"}],
    unknown=["destroyScheduledDuration"],
)
test_bucket_uniform_access = four_cases(
    bucket_uniform_access.RULE,
    STATE,
    failing=[{"uniformBucketLevelAccess": False}, {"uniformBucketLevelAccess": GONE}],
    unknown=["uniformBucketLevelAccess"],
)
test_bucket_not_public = four_cases(
    bucket_not_public.RULE,
    STATE,
    failing=[{"publicAccessPrevention": "inherited"}, {"publicAccessPrevention": GONE}],
    unknown=["publicAccessPrevention"],
)
test_bucket_versions = four_cases(
    bucket_versions.RULE,
    STATE,
    failing=[{"versioning": GONE}, {"versioning.enabled": False}, {"softDeletePolicy.retentionDurationSeconds": 0}],
    unknown=["versioning.enabled", "softDeletePolicy.retentionDurationSeconds"],
)
test_bucket_key = four_cases(
    bucket_key.RULE,
    STATE,
    passing=[{"encryption.defaultKmsKeyName": ID}],
    failing=[{"encryption": GONE}, {"encryption.defaultKmsKeyName": ""}],
    unknown=["encryption.defaultKmsKeyName"],
)
test_bucket_kept = four_cases(bucket_kept.RULE, STATE, failing=[{"forceDestroy": True}], unknown=["forceDestroy"])
test_registry_key = four_cases(
    registry_key.RULE, IMAGES, passing=[{"kmsKeyName": ID}], failing=[{"kmsKeyName": GONE}], unknown=["kmsKeyName"]
)
test_registry_immutable = four_cases(
    registry_immutable.RULE,
    IMAGES,
    failing=[{"dockerConfig": GONE}, {"dockerConfig.immutableTags": False}],
    unknown=["dockerConfig.immutableTags", "format"],
    not_applicable=[{"format": "PYTHON"}],
)
test_registry_cleanup = four_cases(
    registry_cleanup.RULE,
    IMAGES,
    failing=[{"cleanupPolicies": GONE}, {"cleanupPolicies[0].action": "KEEP"}, {"cleanupPolicyDryRun": True}],
    unknown=["cleanupPolicies[1].action", "cleanupPolicyDryRun"],
)
test_image_scanning = four_cases(
    image_scanning.RULE,
    "prod",
    passing=[changed(REGISTRY, {"vulnerabilityScanningConfig": GONE})],
    failing=[changed(REGISTRY, {SCANNING: "DISABLED"}), without(SCANS)],
    unknown=[changed(REGISTRY, {SCANNING: UNKNOWN}), changed(SCANS, {"service": UNKNOWN})],
    not_applicable=[changed(REGISTRY, {"format": "PYTHON"})],
)
test_volume_key = four_cases(
    volume_key.RULE,
    f"prod {CLASS} volumes",
    failing=[{"parameters": GONE}, {"parameters.disk-encryption-kms-key": GONE}],
    unknown=["parameters.disk-encryption-kms-key", "provisioner"],
    not_applicable=[{"provisioner": "rancher.io/local-path"}],
)
test_volume_class = four_cases(
    volume_class.RULE,
    "prod",
    failing=[
        changed(THE_CLAIM, {"spec.storageClassName": "standard-rwo"}),
        changed(THE_CLAIM, {"spec.storageClassName": GONE}),
        added(made(STATEFUL_SET, "second", spec={"volumeClaimTemplates": [{"spec": {}}]})),
    ],
    unknown=[
        changed(THE_CLAIM, {"spec.storageClassName": UNKNOWN}),
        changed(f"{CLASS} volumes", {"metadata.name": UNKNOWN}),
    ],
    not_applicable=[without("gcp:container/cluster:Cluster")],
)
test_backup_key = four_cases(
    backup_key.RULE, THE_PLAN, passing=[{ENCRYPTION: ID}], failing=[{ENCRYPTION: GONE}], unknown=[ENCRYPTION]
)
test_backup_retention = four_cases(
    backup_retention.RULE,
    THE_PLAN,
    failing=[{"retentionPolicy": GONE}, {"retentionPolicy.backupRetainDays": 6}],
    unknown=["retentionPolicy.backupRetainDays"],
)
test_backup_locked = four_cases(
    backup_locked.RULE,
    THE_PLAN,
    failing=[{"retentionPolicy": GONE}, {"retentionPolicy.backupDeleteLockDays": 0}],
    unknown=["retentionPolicy.backupDeleteLockDays"],
)
test_backup_schedule = four_cases(
    backup_schedule.RULE,
    THE_PLAN,
    passing=[{"backupSchedule": {"rpoConfig": {"targetRpoMinutes": 60}}}],
    failing=[{"backupSchedule": GONE}, {"backupSchedule.paused": True}, {"deactivated": True}],
    unknown=["backupSchedule.cronSchedule", "backupSchedule.paused", "deactivated"],
)
test_backup_complete = four_cases(
    backup_complete.RULE,
    THE_PLAN,
    failing=[{"backupConfig.includeVolumeData": False}, {"backupConfig.includeSecrets": GONE}],
    unknown=["backupConfig.includeVolumeData", "backupConfig.includeSecrets"],
)
test_backup_namespaces = four_cases(
    backup_namespaces.RULE,
    "prod",
    passing=[changed(PLAN, {"backupConfig": {"allNamespaces": True}})],
    failing=[
        changed(PLAN, {NAMESPACES: ["edge", "shop"]}),
        changed(PLAN, {"backupConfig.selectedNamespaces": GONE}),
        changed(THE_CLAIM, {"metadata.namespace": "elsewhere"}),
    ],
    unknown=[changed(PLAN, {NAMESPACES: UNKNOWN}), changed(THE_CLAIM, {"metadata.namespace": UNKNOWN})],
)
