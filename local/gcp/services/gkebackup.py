"""Backup for GKE: plans. Whether a backup succeeds is not modelled."""

import re
from collections.abc import Iterator
from typing import Final

from local.gcp.kinds import Cloud, Kind, Properties, Reference, Resource
from local.gcp.rules import CLUSTER, DELETION_POLICY, given, key, known, labels, place, settled, usable_key, words
from local.gcp.services.agents import GKE_BACKUP

_KEY: Final = "backupConfig.encryptionKey.gcpKmsEncryptionKey"


def _retention(properties: Properties) -> Iterator[str]:
    """Source: the backupPlans resource, `RetentionPolicy` and `Schedule`."""
    kept, locked = (known(properties, f"retentionPolicy.backup{name}Days") for name in ("Retain", "DeleteLock"))
    if isinstance(kept, int) and isinstance(locked, int) and kept and kept < locked:
        yield f"retentionPolicy.backupRetainDays is {kept}; at least backupDeleteLockDays ({locked}) is required."
    if given(properties, "backupSchedule") and not given(properties, "retentionPolicy.backupRetainDays"):
        yield "backupSchedule is set, which needs retentionPolicy.backupRetainDays. Set it, or they are kept forever."
    if known(properties, "retentionPolicy.locked") and not given(properties, "retentionPolicy.backupRetainDays"):
        yield "retentionPolicy.locked needs backupRetainDays."


def _agent_there(resource: Resource, cloud: Cloud) -> Iterator[str]:
    cluster = cloud.find((CLUSTER,), str(resource.get("cluster")), resource)
    if cluster is not None and not cluster.get("addonsConfig.gkeBackupAgentConfig.enabled"):
        yield (
            f"The cluster {cluster.id} has no backup agent: Google would take the plan, and each backup would fail. "
            "Set addonsConfig.gkeBackupAgentConfig.enabled."
        )


KINDS: Final = (
    Kind(
        token="gcp:gkebackup/backupPlan:BackupPlan",
        id="projects/{project}/locations/{location}/backupPlans/{name}",
        api="gkebackup.googleapis.com",
        source="cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/reference/rest/v1/projects.locations.backupPlans",
        names=("name",),
        immutable=frozenset({"cluster", "location", "name", "project"}),
        one_of=(
            (
                "backupConfig.allNamespaces",
                "backupConfig.selectedApplications",
                "backupConfig.selectedNamespaceLabels",
                "backupConfig.selectedNamespaces",
            ),
        ),
        conflicts=(("backupSchedule.cronSchedule", "backupSchedule.rpoConfig"),),
        values={
            "name": re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"),
            "cluster": re.compile(r"projects/[^/]+/(locations|zones)/[^/]+/clusters/[^/]+"),
            "retentionPolicy.backupDeleteLockDays": range(91),
            "retentionPolicy.backupRetainDays": range(366),
            "backupSchedule.rpoConfig.targetRpoMinutes": range(60, 86401),
            "backupSchedule.rpoConfig.exclusionWindows.*.daysOfWeek.daysOfWeeks.*": words(
                "MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY"
            ),
            "backupSchedule.cronSchedule": re.compile(r"\S+( \S+){4}"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(labels(), _retention),
        # The plan, and its backups, outlive the cluster.
        references=(Reference(path="cluster", to=(CLUSTER,), holds=False, status=400), key(_KEY)),
        rules=(place(), _agent_there, usable_key(_KEY, GKE_BACKUP)),
        outputs=lambda resource, _: {
            "uid": resource.hexadecimal(32, "uid"),
            "etag": resource.hexadecimal(16, "etag"),
            "protectedNamespaceCount": 0,
            "protectedPodCount": 0,
            "state": "READY",
            "stateReason": "",
        },
    ),
)
