from pathlib import Path

from local.cluster.volumes import open_new


def test_every_volume_is_opened_and_nothing_in_it_touched(tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    volume.mkdir(mode=0o750)
    (volume / "data").touch(mode=0o600)
    open_new(tmp_path)
    assert volume.stat().st_mode & 0o777 == 0o777
    assert (volume / "data").stat().st_mode & 0o777 == 0o600


def test_there_may_be_no_volume_yet(tmp_path: Path) -> None:
    open_new(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []
