"""Stacks that may lose what they keep, or show it."""

from typing import Any, Final

from tests.unit.policies.seeds.seed import Seed

_KEY: Final = "gcp:kms/cryptoKey:CryptoKey keys-disks"
_BUCKET: Final = "gcp:storage/bucket:Bucket"
_REGISTRY: Final = "gcp:artifactregistry/repository:Repository registry"
_PLAN: Final = "gcp:gkebackup/backupPlan:BackupPlan backup"
_SOUND: Final = {
    "uniformBucketLevelAccess": True,
    "publicAccessPrevention": "enforced",
    "versioning": {"enabled": True},
    "encryption": {"defaultKmsKeyName": "projects/p/locations/l/keyRings/r/cryptoKeys/k"},
    "labels": {"managed-by": "pulumi", "part-of": "a-tu-mano", "stack": "prod"},
}


def _bucket(name: str, rule: str, **wrong: Any) -> Seed:
    inputs = {**_SOUND, **wrong}
    added = {"type": _BUCKET, "name": "one-too-many", "inputs": inputs, "protect": True}
    return Seed(name, rule, add=added, finds=f"{_BUCKET} one-too-many")


def _plan(name: str, rule: str, **change: Any) -> Seed:
    return Seed(name, rule, resource=_PLAN, **change)


SEEDS: Final = [
    Seed("images are not scanned", "data-image-scanning", settings={"gcp.registry.scan": False}, finds=_REGISTRY),
    Seed(
        "backups may be deleted at once",
        "data-backup-locked",
        settings={"gcp.cluster.backup": {"keepDays": 30}},
        finds=_PLAN,
    ),
    Seed(
        "backups are kept for three days",
        "data-backup-retention",
        settings={"gcp.cluster.backup": {"keepDays": 3, "lockDays": 1}},
        finds=_PLAN,
    ),
    Seed(
        "nothing scans images",
        "data-image-scanning",
        resource="gcp:projects/service:Service project-containerscanning",
        remove=["*"],
        finds=_REGISTRY,
    ),
    Seed("a key never changes", "data-key-rotation", resource=_KEY, remove=["rotationPeriod"]),
    Seed("a key changes once a year", "data-key-rotation", resource=_KEY, set={"rotationPeriod": "31536000s"}),
    Seed("a key is gone in a day", "data-key-recovery", resource=_KEY, set={"destroyScheduledDuration": "86400s"}),
    _bucket("objects have lists of their own", "data-bucket-uniform-access", uniformBucketLevelAccess=False),
    _bucket("a bucket may be made public", "data-bucket-not-public", publicAccessPrevention="inherited"),
    _bucket("what is overwritten is lost", "data-bucket-versions", versioning={"enabled": False}),
    _bucket("a bucket has Google's key", "data-bucket-key", encryption=None),
    _bucket("a bucket goes with all in it", "data-bucket-kept", forceDestroy=True),
    Seed("images have Google's key", "data-registry-key", resource=_REGISTRY, remove=["kmsKeyName"]),
    Seed("tags move", "data-registry-immutable", resource=_REGISTRY, set={"dockerConfig.immutableTags": False}),
    Seed("images are kept for ever", "data-registry-cleanup", resource=_REGISTRY, set={"cleanupPolicyDryRun": True}),
    Seed(
        "a quiet service loses its image",
        "data-registry-cleanup",
        resource=_REGISTRY,
        set={"cleanupPolicies[1].action": "DELETE"},
    ),
    Seed(
        "volumes have Google's key",
        "data-volume-key",
        resource="kubernetes:storage.k8s.io/v1:StorageClass volumes",
        remove=["parameters.disk-encryption-kms-key"],
    ),
    Seed(
        "the database's volume is of GKE's class",
        "data-volume-class",
        settings={"database.storageClass": "standard-rwo"},
        finds="kubernetes:core/v1:PersistentVolumeClaim mongodb-data",
    ),
    _plan("backups have Google's key", "data-backup-key", remove=["backupConfig.encryptionKey"]),
    _plan("backups are paused", "data-backup-schedule", set={"backupSchedule.paused": True}),
    _plan("backups have no volumes", "data-backup-complete", set={"backupConfig.includeVolumeData": False}),
    _plan(
        "the database is not backed up",
        "data-backup-namespaces",
        set={"backupConfig.selectedNamespaces.namespaces": ["edge", "shop"]},
    ),
]
