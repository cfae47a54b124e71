"""Volumes on GKE: of the stack's own key, where the pod is."""

import pytest

from tests.unit.infra.recorder import Recording, record, rehearsed_values, stack_of


@pytest.fixture(scope="module")
def dev() -> Recording:
    values = rehearsed_values("dev")
    values["gcp"]["cluster"]["volumes"] = "pd-ssd"
    del values["database"]["storageClass"]
    return record(stack_of(values, "dev"))[0]


def test_their_disks_have_the_stacks_key(dev: Recording) -> None:
    kept = dev.inputs("StorageClass", "volumes")
    assert kept["provisioner"] == "pd.csi.storage.gke.io"
    assert kept["parameters"]["type"] == "pd-ssd"
    assert kept["parameters"]["disk-encryption-kms-key"].endswith("/disks")


def test_they_are_made_where_the_pod_is_and_can_grow(dev: Recording) -> None:
    kept = dev.inputs("StorageClass", "volumes")
    assert kept["volumeBindingMode"] == "WaitForFirstConsumer"
    assert kept["allowVolumeExpansion"] is True


def test_the_database_keeps_its_data_there(dev: Recording) -> None:
    claim = dev.inputs("PersistentVolumeClaim", "mongodb-data")
    assert claim["spec"]["storageClassName"] == dev.inputs("StorageClass", "volumes")["metadata"]["name"]


def test_another_class_and_the_clusters_default_are_possible(recording: Recording) -> None:
    other, _ = record(stack_of(rehearsed_values("dev"), "dev"))
    assert other.inputs("PersistentVolumeClaim", "mongodb-data")["spec"]["storageClassName"] == "standard-rwo"
    assert "storageClassName" not in recording.inputs("PersistentVolumeClaim", "mongodb-data")["spec"]
