from pathlib import Path

import pytest

from local.cluster.errors import ClusterError
from local.cluster.paths import Paths


def test_a_built_program_comes_before_an_installed_one(paths: Paths) -> None:
    assert paths.program("etcd") == str(paths.bin / "etcd")
    assert Path(paths.program("sh")).is_absolute()


def test_a_missing_program_is_named_with_what_makes_it(paths: Paths) -> None:
    with pytest.raises(ClusterError) as error:
        paths.program("kube-nothing")
    assert str(error.value) == (
        f"kube-nothing is neither in {paths.bin} nor installed. The cluster needs it. Run `make setup`."
    )


def test_sockets_fit_into_the_107_characters_that_unix_gives_them() -> None:
    """The state's own path may be long; sockets therefore lie elsewhere."""
    paths = Paths.from_environment()
    assert all(socket.parent == paths.run for socket in (paths.supervisor_socket, paths.containerd_socket))
    assert max(len(str(socket)) for socket in (paths.supervisor_socket, paths.containerd_socket)) < 50


def test_the_node_goes_on_seeing_what_its_daemons_read(paths: Paths) -> None:
    needed = paths.needed_inside()
    for path in (paths.bin, paths.pki, paths.config, paths.supervisor_socket, Path(__file__)):
        assert any(path.is_relative_to(directory) for directory in needed), path


def test_two_networks_are_two_clusters_that_share_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Paths.from_environment()
    monkeypatch.setenv("A_TU_MANO_NETWORK", "10.99.0.0/16")
    assert Paths.from_environment().run == Path("/run/a-tu-mano-10-99") != first.run
