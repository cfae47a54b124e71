"""Backups of what the stack keeps in its cluster: objects, Secrets and volumes of its namespaces, every day.

Owns: the plan. The backups it makes are kept in its region, encrypted with the stack's own key, outside the cluster.

Deliberately not here: restores, which a person starts (docs/components/clusterbackup.md), and the agent in the cluster,
which is an add-on of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pulumi
from pulumi_gcp import gkebackup

from infra.components.base import Component
from infra.naming import Naming
from infra.settings_gcp import BackupSettings

if TYPE_CHECKING:
    from infra.components.keys import Keys

APIS: Final = ("gkebackup.googleapis.com",)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterBackupArgs:
    """Inputs of ClusterBackup."""

    names: Naming
    """Names of the stack."""
    settings: BackupSettings
    """When, and how long backups are kept."""
    project: pulumi.Input[str]
    """Id of the project."""
    apis: Mapping[str, pulumi.Resource]
    """The project's APIs, by name."""
    region: str
    """Where backups are kept."""
    cluster: pulumi.Input[str]
    """Id of the cluster. Source: Cluster.id."""
    keys: "Keys"
    """Keys; that for backups encrypts them."""
    namespaces: tuple[str, ...]
    """Namespaces that are backed up."""
    goes_with: pulumi.Resource | None = None
    """What takes the backups with it. Without, the plan can't go before its backups. Source: Project.own."""


class ClusterBackup(Component):
    """The plan by which backups are made."""

    TYPE: ClassVar[str] = "a-tu-mano:gcp:ClusterBackup"

    plan: pulumi.Output[str]
    """projects/<project>/locations/<region>/backupPlans/<name>"""

    def __init__(self, name: str, args: ClusterBackupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        hour, _, minute = args.settings.hour.partition(":")
        plan = gkebackup.BackupPlan(
            name,
            name=args.names.physical("backup", "backup plan"),
            project=args.project,
            location=args.region,
            cluster=args.cluster,
            backup_schedule={"cron_schedule": f"{int(minute)} {int(hour)} * * *"},
            retention_policy={
                "backup_retain_days": args.settings.keep_days,
                "backup_delete_lock_days": args.settings.lock_days,
            },
            backup_config={
                "selected_namespaces": {"namespaces": sorted(set(args.namespaces))},
                "include_secrets": True,
                "include_volume_data": True,
                "encryption_key": {"gcp_kms_encryption_key": args.keys.key("backup")},
            },
            opts=self.child(depends_on=[args.apis[api] for api in APIS], deleted_with=args.goes_with),
        )
        self.plan = plan.id
        self.register_outputs({"plan": self.plan})
