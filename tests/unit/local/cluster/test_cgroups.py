from pathlib import Path

import pytest

from local.cluster import cgroups

NAME = "a-tu-mano-10-77"


@pytest.fixture(params=["version 1", "version 2"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    if request.param == "version 2":
        (tmp_path / "cgroup.controllers").write_text("cpu memory")
        return tmp_path
    for name in ("cpuset", "memory", "unified"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "cgroup.procs").touch()
    for name in ("cpuset.cpus", "cpuset.mems"):
        (tmp_path / "cpuset" / name).write_text("0-1")
    (tmp_path / "cpu").symlink_to("memory")
    (tmp_path / "other").mkdir()
    return tmp_path


def test_there_is_one_cgroup_in_each_hierarchy_and_none_elsewhere(root: Path) -> None:
    assert cgroups.existing(NAME) == []
    cgroups.create(NAME)
    cgroups.create(NAME)
    names = [""] if (root / "cgroup.controllers").exists() else ["cpuset", "memory", "unified"]
    assert cgroups.existing(NAME) == [root / name / NAME for name in names]
    assert all((group / "daemons").is_dir() for group in cgroups.existing(NAME))


def test_a_process_joins_them_all(root: Path) -> None:
    cgroups.create(NAME)
    cgroups.join(NAME)
    assert {(group / "daemons" / "cgroup.procs").read_text() for group in cgroups.existing(NAME)} == {"0"}


def test_removal_goes_from_the_leaves_up_and_touches_nothing_else(root: Path) -> None:
    hierarchy = root / "memory" if (root / "memory").exists() else root
    for owner in (NAME, "theirs"):
        (hierarchy / owner / "pods" / "pod1").mkdir(parents=True)
    cgroups.remove(NAME)
    assert cgroups.existing(NAME) == []
    assert (hierarchy / "theirs" / "pods" / "pod1").is_dir()


def test_a_cgroup_that_stays_busy_is_an_error(root: Path) -> None:
    cgroups.create(NAME)
    busy = cgroups.existing(NAME)[0] / "daemons" / "cgroup.procs"
    busy.write_text("1")
    with pytest.raises(OSError, match="not empty"):
        cgroups.remove(NAME, seconds=0.1)
