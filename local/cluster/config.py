"""The configuration files of the node's daemons, rendered from the cluster's addresses and paths."""

import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.cluster.daemons import Daemon, supervisor_config
from local.cluster.errors import ClusterError
from local.cluster.manifests import EDGE_NAMESPACE, EDGE_SERVICE
from local.cluster.network import Network
from local.cluster.paths import Paths
from local.cluster.pki import NODE_NAME, Pki, write_private

CNI_PROGRAMS = Path("/usr/lib/cni")
"""Where Debian's containernetworking-plugins puts them."""


@dataclass(frozen=True)
class Edge:
    """Where the host answers for the shop: `addresses` are loopback ones."""

    port: int
    addresses: Sequence[str]

    def require_free(self) -> None:
        """Refuse a port that something else listens on.

        Raises:
            ClusterError: names the address and the variable to change.
        """
        for address in self.addresses:
            with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((address, self.port))
                except OSError as error:
                    message = (
                        f"Port {self.port} of {address} is taken ({error.strerror}); the shop would be served there. "
                        "End what listens on it, or set A_TU_MANO_EDGE_PORT to another port."
                    )
                    raise ClusterError(message) from None


def kubelet(network: Network, paths: Paths, pki: Pki) -> dict[str, Any]:
    """Render KubeletConfiguration.

    Images are never collected: none could be pulled again. Both cgroup versions are accepted, swap too: a laptop is no
    server. Evictions start late for the same reason.
    """
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": str(network.node),
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(pki.certificate("ca"))},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{network.cgroup}",
        "clusterDNS": [str(network.dns)],
        "clusterDomain": "cluster.local",
        "containerRuntimeEndpoint": f"unix://{paths.containerd_socket}",
        "evictionHard": {
            "memory.available": "100Mi",
            "nodefs.available": "1%",
            "nodefs.inodesFree": "1%",
            "imagefs.available": "1%",
        },
        "failCgroupV1": False,
        "failSwapOn": False,
        "healthzBindAddress": "127.0.0.1",
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "podPidsLimit": 1024,
        "readOnlyPort": 0,
        "resolvConf": "",
        "tlsCertFile": str(pki.certificate("kubelet-serving")),
        "tlsPrivateKeyFile": str(pki.key("kubelet-serving")),
        "volumePluginDir": "/var/lib/kubelet/volume-plugins",
    }


def kube_proxy(network: Network, pki: Pki) -> dict[str, Any]:
    """Render KubeProxyConfiguration; the host's connection tracking limits are left alone."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "bindAddress": str(network.node),
        "clientConnection": {"kubeconfig": str(pki.kubeconfig("proxy"))},
        "clusterCIDR": str(network.pods),
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpCloseWaitTimeout": "0s",
            "tcpEstablishedTimeout": "0s",
        },
        "detectLocalMode": "ClusterCIDR",
        "healthzBindAddress": "127.0.0.1:10256",
        "hostnameOverride": NODE_NAME,
        "metricsBindAddress": "127.0.0.1:10249",
        "mode": "nftables",
        "nftables": {"minSyncPeriod": "100ms"},
        "nodePortAddresses": ["primary"],
    }


def cni(network: Network) -> dict[str, Any]:
    """Render the pods' network: a bridge inside the node, addresses forgotten when the node stops."""
    return {
        "cniVersion": "1.0.0",
        "name": "pods",
        "plugins": [
            {
                "type": "bridge",
                "bridge": "pods0",
                "isGateway": True,
                "ipMasq": False,
                "hairpinMode": True,
                "ipam": {
                    "type": "host-local",
                    "dataDir": "/run/cni",
                    "ranges": [[{"subnet": str(network.pods)}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                },
            }
        ],
    }


def containerd(paths: Paths, pause_image: str) -> str:
    """Render containerd's settings.

    `restrict_oom_score_adj`: without CAP_SYS_RESOURCE every pod dies with "can't get final child's PID from pipe".
    AppArmor stays off, because its profiles would be loaded into the host's kernel.
    """
    return f"""\
version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri", "io.containerd.snapshotter.v1.erofs"]

[grpc]
address = "{paths.containerd_socket}"

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "{pause_image}"

[plugins."io.containerd.cri.v1.runtime"]
disable_apparmor = true
netns_mounts_under_state_dir = true
restrict_oom_score_adj = true

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["{CNI_PROGRAMS}"]
conf_dir = "{paths.config / "cni"}"

[plugins."io.containerd.grpc.v1.cri"]
stream_server_address = "127.0.0.1"
stream_server_port = "0"
"""


def edge_forwarder(network: Network, edge: Edge) -> dict[str, Any]:
    """Render the forwarder from the host's loopback to the Gateway in namespace `edge`: of bytes, it knows no HTTP."""

    def at(address: str, port: int) -> dict[str, Any]:
        return {"socket_address": {"address": address, "port_value": port}}

    def extension(name: str, kind: str, **settings: Any) -> dict[str, Any]:
        return {"name": name, "typed_config": {"@type": f"type.googleapis.com/envoy.extensions.{kind}", **settings}}

    proxy = extension(
        "envoy.filters.network.tcp_proxy",
        "filters.network.tcp_proxy.v3.TcpProxy",
        stat_prefix="edge",
        cluster="edge",
    )
    resolver = extension(
        "envoy.network.dns_resolver.cares",
        "network.dns_resolver.cares.v3.CaresDnsResolverConfig",
        resolvers=[at(str(network.dns), 53)],
    )
    name = f"{EDGE_SERVICE}.{EDGE_NAMESPACE}.svc.cluster.local"
    cluster = {
        "name": "edge",
        "connect_timeout": "3s",
        "cluster_type": extension(
            "envoy.clusters.dns",
            "clusters.dns.v3.DnsCluster",
            dns_lookup_family="V4_ONLY",
            dns_refresh_rate="2s",
            typed_dns_resolver_config=resolver,
        ),
        "load_assignment": {
            "cluster_name": "edge",
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": at(name, 80)}}]}],
        },
    }
    listeners = [
        {"name": address, "address": at(address, edge.port), "filter_chains": [{"filters": [proxy]}]}
        for address in edge.addresses
    ]
    return {"static_resources": {"listeners": listeners, "clusters": [cluster]}}


def write_all(
    paths: Paths, network: Network, pki: Pki, *, programs: Sequence[Daemon], edge: Edge, pause_image: str
) -> None:
    """Write every file."""
    files = {
        "kubelet.json": _json(kubelet(network, paths, pki)),
        "kube-proxy.json": _json(kube_proxy(network, pki)),
        "cni/10-pods.conflist": _json(cni(network)),
        "containerd.toml": containerd(paths, pause_image),
        "edge.json": _json(edge_forwarder(network, edge)),
        paths.supervisor_config.name: supervisor_config(paths, programs),
    }
    for name, content in files.items():
        write_private(paths.config / name, content.encode())


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2) + "\n"
