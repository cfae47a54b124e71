import configparser
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.cluster.daemons import Daemon, daemons, supervisor_config
from local.cluster.errors import ClusterError
from local.cluster.network import Network
from local.cluster.paths import Paths
from local.cluster.pki import Pki


@pytest.fixture
def programs(paths: Paths, network: Network) -> list[Daemon]:
    return daemons(paths, network, Pki(paths.pki, network), Path("/opt/envoy"))


def flags(programs: list[Daemon], name: str) -> dict[str, str]:
    (daemon,) = [daemon for daemon in programs if daemon.name == name]
    return dict(flag.removeprefix("--").partition("=")[::2] for flag in daemon.command[1:])


def addresses(programs: list[Daemon]) -> Iterator[tuple[str, str, str]]:
    for daemon in programs:
        for flag, value in flags(programs, daemon.name).items():
            if re.search(r"bind-address|listen-.*urls|advertise-address|node-ip", flag):
                yield daemon.name, flag, value


def test_nothing_listens_but_on_loopback_and_the_nodes_own_address(programs: list[Daemon]) -> None:
    found = list(addresses(programs))
    assert {name for name, _, _ in found} == {
        "etcd",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kubelet",
    }
    assert {re.sub(r"https://|:\d+$", "", value) for _, _, value in found} == {"127.0.0.1", "10.77.0.2"}


def test_only_the_forwarder_is_in_the_hosts_network(programs: list[Daemon]) -> None:
    assert [daemon.name for daemon in programs if daemon.in_host_network] == ["edge"]
    inside = [daemon.argv[:2] for daemon in programs if not daemon.in_host_network]
    assert set(map(tuple, inside)) == {("nsenter", "--net=/run/netns/node")}


def test_the_api_server_lets_nobody_in_without_a_name_and_encrypts_secrets(programs: list[Daemon]) -> None:
    given = flags(programs, "kube-apiserver")
    assert given["anonymous-auth"] == "false"
    assert given["authorization-mode"] == "Node,RBAC"
    assert given["enable-admission-plugins"] == "NodeRestriction"
    assert given["encryption-provider-config"].endswith("/encryption.json")
    assert "feature-gates" not in given
    assert "disable-admission-plugins" not in given


def test_etcd_asks_every_client_and_peer_for_a_certificate(programs: list[Daemon]) -> None:
    given = flags(programs, "etcd")
    assert given["client-cert-auth"] == given["peer-client-cert-auth"] == "true"
    assert given["trusted-ca-file"] == given["peer-trusted-ca-file"]
    assert given["trusted-ca-file"] != flags(programs, "kube-apiserver")["client-ca-file"]


def test_every_daemon_starts_after_those_it_needs(programs: list[Daemon]) -> None:
    stages = {daemon.name: daemon.stage for daemon in programs}
    assert stages["etcd"] < stages["kube-apiserver"] < stages["kubelet"] < stages["network-policy"]
    assert stages["containerd"] < stages["kubelet"]


def test_a_missing_program_is_told_before_anything_starts(paths: Paths, network: Network) -> None:
    (paths.bin / "kubelet").unlink()
    with pytest.raises(ClusterError, match=r"^kubelet is neither in .* nor installed\. .*Run `make setup`\.$"):
        daemons(paths, network, Pki(paths.pki, network), Path("/opt/envoy"))


def test_the_supervisor_restarts_each_daemon_and_ends_what_it_started(paths: Paths, programs: list[Daemon]) -> None:
    config = configparser.RawConfigParser()
    config.read_string(supervisor_config(paths, programs))
    assert config["unix_http_server"]["chmod"] == "0600"
    assert "inet_http_server" not in config
    for daemon in programs:
        section = config[f"program:{daemon.name}"]
        assert shlex.split(section["command"]) == daemon.argv
        assert (section["autorestart"], section["killasgroup"], section["stopasgroup"]) == ("true", "true", "true")
        assert section["stdout_logfile"] == str(paths.logs / f"{daemon.name}.log")


def test_neither_a_space_nor_a_percent_sign_in_a_path_means_anything_to_the_supervisor(paths: Paths) -> None:
    config = supervisor_config(paths, [Daemon("one", 0, ["/opt/a b/100%/one"])])
    assert "command=nsenter --net=/run/netns/node '/opt/a b/100%%/one'" in config.splitlines()
