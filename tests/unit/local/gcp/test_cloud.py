"""The file of the cloud: several at once, deaths, names."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from local.gcp.cloud import HOLDS, NoCloud, Store, key_of
from local.gcp.kinds import Kind, Resource

TOKEN = "gcp:compute/network:Network"
KIND = Kind(token=TOKEN, id="{name}", api=None, source="a test")


def network(name: str, project: str = "p") -> Resource:
    id_ = f"projects/{project}/global/networks/{name}"
    link = f"https://www.googleapis.com/compute/v1/{id_}"
    return Resource(token=TOKEN, id=id_, project=project, inputs={}, outputs={"name": name, "selfLink": link})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cloud")


def test_no_cloud_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A_TU_MANO_GCP", raising=False)
    with pytest.raises(NoCloud, match="A_TU_MANO_GCP is not set; it must name the folder"):
        Store.from_environment()


def test_only_its_user_reads_it(store: Store, tmp_path: Path) -> None:
    assert (tmp_path / "cloud").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "cloud" / "cloud.sqlite").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "name",
    [
        "projects/p/global/networks/a",
        "https://www.googleapis.com/compute/v1/projects/p/global/networks/a",
        "https://compute.googleapis.com/compute/beta/projects/p/global/networks/a",
        "//compute.googleapis.com/projects/p/global/networks/a",
        "a",
    ],
)
def test_a_resource_is_found_by_each_of_its_names(store: Store, name: str) -> None:
    with store.transaction() as world:
        world.put(network("a"), KIND)
        world.put(network("a", "other"), KIND)
        found = world.find((TOKEN,), name, network("near"))
        assert found is not None
        assert found.project == "p"
        assert world.find(("gcp:compute/subnetwork:Subnetwork",), name, network("near")) is None


def test_an_exception_undoes_the_transaction(store: Store) -> None:
    def fail() -> None:
        with store.transaction() as world:
            world.put(network("a"), KIND)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.transaction() as world:
        assert world.all(TOKEN) == []


def test_many_at_once_count_right(store: Store, tmp_path: Path) -> None:
    def count(_: int) -> list[int]:
        own = Store(tmp_path / "cloud")
        numbers = []
        for _ in range(20):
            with own.transaction() as world:
                numbers.append(world.next("test"))
        own.close()
        return numbers

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(number for some in pool.map(count, range(8)) for number in some)
    assert numbers == list(range(1, 161))


def test_several_may_be_the_first(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from local.gcp.cloud import Store\n"
        "with Store(Path(sys.argv[1])).transaction() as world: world.next('test')\n"
    )
    command = [sys.executable, "-P", "-c", program, str(tmp_path / "new")]
    running = [subprocess.Popen(command) for _ in range(6)]
    assert [one.wait(60) for one in running] == [0] * 6
    with Store(tmp_path / "new").transaction() as world:
        assert world.next("test") == 7


def test_a_process_killed_within_a_transaction_leaves_what_was_before(store: Store, tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from local.gcp.cloud import Store\n"
        "with Store(Path(sys.argv[1])).transaction() as world:\n"
        "    world.next('test'); world.note('cloud:folder', '1'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with store.transaction() as world:
        world.next("test")
    killed = subprocess.run([sys.executable, "-P", "-c", program, str(tmp_path / "cloud")], check=False, timeout=60)
    assert killed.returncode == -9
    with store.transaction() as world:
        assert world.next("test") == 2
        assert world.all("cloud:folder") == []


def test_quotas(store: Store) -> None:
    with store.transaction() as world:
        assert world.quota("p", "europe-west1", "CPUS") > 0
        assert world.quota("p", "europe-west1", "UNHEARD_OF") > 1000
        world.set_quota("", "", "CPUS", 4)
        world.set_quota("p", "europe-west1", "CPUS", 2)
        assert world.quota("p", "europe-west1", "CPUS") == 2
        assert world.quota("p", "europe-west4", "CPUS") == 4


def test_what_names_another_is_forgotten_with_it(store: Store) -> None:
    with store.transaction() as world:
        world.put(network("a"), KIND)
        world.put(network("b"), KIND)
        source, target = (key_of(TOKEN, network(name).id) for name in "ba")
        world.use(source, [(target, HOLDS)])
        assert [one.outputs["name"] for one in world.users(target, HOLDS)] == ["b"]
        world.put(replace(network("b"), owner=target), KIND)
        world.remove(target)
        assert world.all(TOKEN) == []
