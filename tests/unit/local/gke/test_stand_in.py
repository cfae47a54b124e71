"""Starting and stopping the stand-in, as far as no cluster is needed."""

import socket
from pathlib import Path

import pytest
import yaml

from local.gke import stand_in
from local.gke.__main__ import run
from local.gke.manifests import node_labels, objects
from local.gke.stand_in import StandInError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / "gke"
    monkeypatch.setattr(stand_in, "FOLDER", found)
    monkeypatch.delenv("A_TU_MANO_GCP", raising=False)
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        monkeypatch.setenv("A_TU_MANO_REHEARSAL_HTTP_PORT", str(one.getsockname()[1]))
        monkeypatch.setenv("A_TU_MANO_REHEARSAL_HTTPS_PORT", str(other.getsockname()[1]))
    return found


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A kubeconfig that leads to a port nobody listens on."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
    }
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(config))
    return path


def test_the_ports_are_chosen_by_variables(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.delenv("A_TU_MANO_REHEARSAL_HTTP_PORT")
    monkeypatch.setenv("A_TU_MANO_REHEARSAL_HTTPS_PORT", "20443")
    assert stand_in.reach() == (18080, 20443, folder / "ca.crt")
    monkeypatch.setenv("A_TU_MANO_REHEARSAL_HTTP_PORT", "web")
    with pytest.raises(StandInError, match="A_TU_MANO_REHEARSAL_HTTP_PORT is 'web', not a port"):
        stand_in.reach()


def test_a_port_that_is_taken_is_told_before_anything_is_started(
    monkeypatch: pytest.MonkeyPatch, folder: Path, nowhere: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("A_TU_MANO_REHEARSAL_HTTPS_PORT", str(taken.getsockname()[1]))
        with pytest.raises(StandInError, match="set A_TU_MANO_REHEARSAL_HTTPS_PORT to another port"):
            stand_in.up(nowhere)
    assert not folder.exists()


def test_a_cluster_that_does_not_answer_is_told(
    folder: Path, nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["up", str(nowhere)]) == 1
    said = capsys.readouterr().err
    assert f"The cluster of {nowhere} does not take what GKE has" in said
    assert "make status" in said
    assert stand_in.leftovers() == []


def test_down_without_a_cluster_takes_away_what_is_here(folder: Path, nowhere: Path) -> None:
    folder.mkdir()
    assert stand_in.leftovers() == [f"directory {folder}"]
    stand_in.down(nowhere)
    assert stand_in.leftovers() == []
    stand_in.down(nowhere.with_name("gone"))


def test_a_process_that_does_not_get_ready_is_told_with_the_end_of_its_log(folder: Path) -> None:
    folder.mkdir()
    (folder / "stand-in.json").write_text("{}")
    with pytest.raises(StandInError, match="did not get ready") as caught:
        stand_in._start()
    assert "KeyError" in str(caught.value)
    assert stand_in._processes() == []


def test_requests_come_from_this_machines_end_of_the_way_to_the_cluster(nowhere: Path) -> None:
    assert stand_in.proxy_ranges(nowhere) == ["127.0.0.1/32"]


def test_the_node_is_labelled_as_gkes_are() -> None:
    assert node_labels(zone="europe-west1-b", pool="services", own={"a-tu-mano/purpose": "services"}) == {
        "topology.kubernetes.io/zone": "europe-west1-b",
        "topology.kubernetes.io/region": "europe-west1",
        "cloud.google.com/gke-nodepool": "services",
        "iam.gke.io/gke-metadata-server-enabled": "true",
        "a-tu-mano/purpose": "services",
    }


def test_gkes_classes_are_there_and_none_of_them_is_a_second_default() -> None:
    found = objects()
    assert {(one["kind"], one["metadata"]["name"]) for one in found.values()} == {
        ("GatewayClass", "gke-l7-global-external-managed"),
        ("StorageClass", "standard-rwo"),
        ("StorageClass", "premium-rwo"),
    }
    assert all("annotations" not in one["metadata"] for one in found.values())
