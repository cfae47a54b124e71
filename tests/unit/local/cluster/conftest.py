from ipaddress import IPv4Network
from pathlib import Path

import pytest

from local.cluster.network import Network
from local.cluster.paths import Paths

BUILT = (
    *("containerd", "ctr", "coredns", "envoy-gateway", "metrics-server", "etcd", "catatonit"),
    *("kube-apiserver", "kube-controller-manager", "kube-netpol", "kube-proxy", "kube-scheduler", "kubelet"),
)


@pytest.fixture
def network() -> Network:
    return Network(IPv4Network("10.77.0.0/16"))


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Paths of a machine on which the toolchain has built everything."""
    paths = Paths(state=tmp_path / "state", cache=tmp_path / "cache", run=tmp_path / "run")
    paths.bin.mkdir(parents=True)
    for name in BUILT:
        (paths.bin / name).write_text(name)
    return paths
