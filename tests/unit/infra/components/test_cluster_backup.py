"""Backups: of the stack's namespaces with all that is in them, encrypted, kept as long as the settings say."""

from typing import Any

import pulumi
import pytest

from infra.components.cluster_backup import APIS, ClusterBackup, ClusterBackupArgs
from infra.settings_gcp import BackupSettings
from tests.unit.infra.gcp_parts import NAMES, gcp_settings, make_keys, make_project
from tests.unit.infra.recorder import Recording, run

CLUSTER = "projects/atm-dev-1/locations/us-central1-b/clusters/atm-dev-cluster"


def recorded(*, create: bool = True, **settings: object) -> Recording:
    def program() -> None:
        gcp = gcp_settings(project={"create": create, "id": "atm-dev-1"})
        project = make_project(gcp)
        ClusterBackup(
            "backup",
            ClusterBackupArgs(
                names=NAMES,
                settings=BackupSettings.model_validate(settings),
                project=project.id,
                apis={api: pulumi.CustomResource("test:index:Api", api) for api in APIS},
                region="us-central1",
                cluster=CLUSTER,
                keys=make_keys(gcp, project),
                namespaces=("shop", "edge", "shop", "database"),
                goes_with=project.own,
            ),
        )

    return run(program)


def plan(**settings: object) -> dict[str, Any]:
    return recorded(create=True, **settings).inputs("BackupPlan", "backup")


@pytest.fixture(scope="module")
def daily() -> dict[str, Any]:
    return plan(hour="02:05", keepDays=30, lockDays=7)


def test_all_that_is_in_the_stacks_namespaces_is_backed_up(daily: dict[str, Any]) -> None:
    assert daily["cluster"] == CLUSTER
    config = daily["backupConfig"]
    assert config["selectedNamespaces"] == {"namespaces": ["database", "edge", "shop"]}
    assert config["includeSecrets"] is True
    assert config["includeVolumeData"] is True
    assert "allNamespaces" not in config


def test_backups_are_in_the_region_also_when_the_cluster_is_in_a_zone_and_encrypted(daily: dict[str, Any]) -> None:
    assert daily["location"] == "us-central1"
    key = daily["backupConfig"]["encryptionKey"]["gcpKmsEncryptionKey"]
    assert key.endswith("backup")


def test_when_and_how_long_the_settings_say(daily: dict[str, Any]) -> None:
    assert daily["backupSchedule"] == {"cronSchedule": "5 2 * * *"}
    assert daily["retentionPolicy"] == {"backupRetainDays": 30, "backupDeleteLockDays": 7}


def test_midnight_is_no_empty_field() -> None:
    assert plan(hour="00:00")["backupSchedule"] == {"cronSchedule": "0 0 * * *"}


def test_backups_go_with_a_project_of_the_stacks_own_and_have_to_be_deleted_in_another() -> None:
    assert recorded().request("BackupPlan", "backup").deletedWith.endswith("project:Project::project")
    assert recorded(create=False).request("BackupPlan", "backup").deletedWith == ""
