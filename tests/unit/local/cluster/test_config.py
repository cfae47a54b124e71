import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from local.cluster import config
from local.cluster.config import Edge
from local.cluster.daemons import daemons
from local.cluster.network import Network
from local.cluster.paths import Paths
from local.cluster.pki import Pki


@pytest.fixture
def pki(paths: Paths, network: Network) -> Pki:
    return Pki(paths.pki, network)


def test_the_kubelet_trusts_only_the_clusters_own_and_never_collects_images(
    paths: Paths, network: Network, pki: Pki
) -> None:
    kubelet = config.kubelet(network, paths, pki)
    assert kubelet["authentication"]["anonymous"] == {"enabled": False}
    assert kubelet["authorization"] == {"mode": "Webhook"}
    assert (kubelet["readOnlyPort"], kubelet["healthzBindAddress"]) == (0, "127.0.0.1")
    assert (kubelet["imageGCHighThresholdPercent"], kubelet["imageGCLowThresholdPercent"]) == (100, 99)
    assert (kubelet["failCgroupV1"], kubelet["failSwapOn"], kubelet["cgroupRoot"]) == (False, False, "/a-tu-mano-10-77")
    assert kubelet["clusterDNS"] == ["10.77.128.10"]


def test_kube_proxy_uses_nftables_and_leaves_the_hosts_limits_alone(network: Network, pki: Pki) -> None:
    proxy = config.kube_proxy(network, pki)
    assert proxy["mode"] == "nftables"
    assert {proxy[name].rpartition(":")[0] for name in ("healthzBindAddress", "metricsBindAddress")} == {"127.0.0.1"}
    assert set(proxy["conntrack"].values()) == {0, "0s"}


def test_pods_get_addresses_of_their_range_and_nothing_of_it_stays(network: Network) -> None:
    (bridge,) = config.cni(network)["plugins"]
    assert bridge["ipam"]["ranges"] == [[{"subnet": "10.77.1.0/24"}]]
    assert bridge["ipam"]["dataDir"].startswith("/run/")
    assert bridge["hairpinMode"] is True


def test_containerds_settings_are_toml_with_everything_local(paths: Paths) -> None:
    settings = tomllib.loads(config.containerd(paths, "a-tu-mano.local/pause:1"))
    plugins: dict[str, Any] = settings["plugins"]
    assert settings["grpc"]["address"] == str(paths.containerd_socket)
    assert plugins["io.containerd.cri.v1.images"]["pinned_images"] == {"sandbox": "a-tu-mano.local/pause:1"}
    assert plugins["io.containerd.cri.v1.runtime"]["restrict_oom_score_adj"] is True
    assert plugins["io.containerd.grpc.v1.cri"]["stream_server_address"] == "127.0.0.1"


def test_the_edge_is_open_on_loopback_only_and_leads_to_the_gateways_service(network: Network) -> None:
    resources = config.edge_forwarder(network, Edge(8080, ["127.0.0.1", "::1"]))["static_resources"]
    sockets = [listener["address"]["socket_address"] for listener in resources["listeners"]]
    assert [(socket["address"], socket["port_value"]) for socket in sockets] == [("127.0.0.1", 8080), ("::1", 8080)]
    (cluster,) = resources["clusters"]
    (endpoint,) = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"]
    target = {"address": "envoy.edge.svc.cluster.local", "port_value": 80}
    assert endpoint["endpoint"]["address"]["socket_address"] == target
    asked = cluster["cluster_type"]["typed_config"]["typed_dns_resolver_config"]
    (resolver,) = asked["typed_config"]["resolvers"]
    assert resolver["socket_address"] == {"address": "10.77.128.10", "port_value": 53}


def test_written_files_are_private_and_whole(paths: Paths, network: Network, pki: Pki) -> None:
    programs = daemons(paths, network, pki, Path("/opt/envoy"))
    config.write_all(paths, network, pki, programs=programs, edge=Edge(8080, ["::1"]), pause_image="pause:1")
    files = {str(file.relative_to(paths.config)): file for file in paths.config.rglob("*") if file.is_file()}
    assert set(files) == {
        "kubelet.json",
        "kube-proxy.json",
        "cni/10-pods.conflist",
        "containerd.toml",
        "edge.json",
        "supervisord.conf",
    }
    assert {file.stat().st_mode & 0o777 for file in files.values()} == {0o600}
    assert json.loads(files["kubelet.json"].read_text()) == config.kubelet(network, paths, pki)
