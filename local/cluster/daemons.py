"""The node's daemons: what each is started with, in the order `up` starts them.

Inside the node's network namespace every daemon listens on its loopback, but the API server and the kubelet, which pods
and the API server must reach: those listen on the node's address. The forwarder alone runs in the host's network.
"""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local.cluster.network import Network
from local.cluster.paths import Paths
from local.cluster.pki import NODE_NAME, Pki

NETWORK_NAMESPACE = "/run/netns/node"


@dataclass(frozen=True)
class Daemon:
    """One supervised program.

    `stage` orders the start: the API server needs etcd, the others need the API server, the last needs the node.
    """

    name: str
    stage: int
    command: Sequence[str]
    in_host_network: bool = False

    @property
    def argv(self) -> list[str]:
        """The command line, entering the node's network where the daemon belongs there."""
        entry = [] if self.in_host_network else ["nsenter", f"--net={NETWORK_NAMESPACE}"]
        return [*entry, *self.command]


def _flags(**values: object) -> list[str]:
    return [
        f"--{name.replace('_', '-')}={str(value).lower() if isinstance(value, bool) else value}"
        for name, value in values.items()
    ]


def _etcd(paths: Paths, pki: Pki) -> list[str]:
    tls = {"cert_file": pki.certificate("etcd"), "key_file": pki.key("etcd"), "client_cert_auth": True}
    authority = pki.certificate("etcd-ca")
    client, peer = "https://127.0.0.1:2379", "https://127.0.0.1:2380"
    return [
        paths.program("etcd"),
        *_flags(
            name=NODE_NAME,
            data_dir=paths.state / "etcd",
            listen_client_urls=client,
            advertise_client_urls=client,
            listen_peer_urls=peer,
            initial_advertise_peer_urls=peer,
            initial_cluster=f"{NODE_NAME}={peer}",
            **tls,
            trusted_ca_file=authority,
            peer_trusted_ca_file=authority,
            **{f"peer_{name}": value for name, value in tls.items()},
            logger="zap",
            log_level="warn",
        ),
    ]


def _api_server(paths: Paths, network: Network, pki: Pki) -> list[str]:
    return [
        paths.program("kube-apiserver"),
        *_flags(
            advertise_address=network.node,
            bind_address=network.node,
            secure_port=6443,
            tls_cert_file=pki.certificate("apiserver"),
            tls_private_key_file=pki.key("apiserver"),
            client_ca_file=pki.certificate("ca"),
            anonymous_auth=False,
            authorization_mode="Node,RBAC",
            enable_admission_plugins="NodeRestriction",
            profiling=False,
            etcd_servers="https://127.0.0.1:2379",
            etcd_cafile=pki.certificate("etcd-ca"),
            etcd_certfile=pki.certificate("apiserver-etcd-client"),
            etcd_keyfile=pki.key("apiserver-etcd-client"),
            encryption_provider_config=pki.encryption_config,
            kubelet_certificate_authority=pki.certificate("ca"),
            kubelet_client_certificate=pki.certificate("apiserver-kubelet-client"),
            kubelet_client_key=pki.key("apiserver-kubelet-client"),
            kubelet_preferred_address_types="InternalIP",
            service_account_issuer="https://kubernetes.default.svc.cluster.local",
            service_account_key_file=pki.key("service-account"),
            service_account_signing_key_file=pki.key("service-account"),
            service_cluster_ip_range=network.services,
            requestheader_client_ca_file=pki.certificate("front-proxy-ca"),
            requestheader_allowed_names="front-proxy-client",
            requestheader_extra_headers_prefix="X-Remote-Extra-",
            requestheader_group_headers="X-Remote-Group",
            requestheader_username_headers="X-Remote-User",
            proxy_client_cert_file=pki.certificate("front-proxy-client"),
            proxy_client_key_file=pki.key("front-proxy-client"),
        ),
    ]


def _controller_manager(paths: Paths, pki: Pki) -> list[str]:
    return [
        paths.program("kube-controller-manager"),
        *_flags(
            kubeconfig=pki.kubeconfig("controller-manager"),
            bind_address="127.0.0.1",
            profiling=False,
            leader_elect=False,
            use_service_account_credentials=True,
            service_account_private_key_file=pki.key("service-account"),
            root_ca_file=pki.certificate("ca"),
            enable_hostpath_provisioner=True,
        ),
    ]


def _scheduler(paths: Paths, pki: Pki) -> list[str]:
    flags = _flags(
        kubeconfig=pki.kubeconfig("scheduler"), bind_address="127.0.0.1", profiling=False, leader_elect=False
    )
    return [paths.program("kube-scheduler"), *flags]


def _kubelet(paths: Paths, network: Network, pki: Pki) -> list[str]:
    flags = _flags(
        config=paths.config / "kubelet.json",
        kubeconfig=pki.kubeconfig("kubelet"),
        hostname_override=NODE_NAME,
        node_ip=network.node,
    )
    return [paths.program("kubelet"), *flags]


def _network_policy(paths: Paths, network: Network, pki: Pki) -> list[str]:
    flags = _flags(
        kubeconfig=pki.kubeconfig("network-policy"),
        hostname_override=NODE_NAME,
        run_firewall=True,
        run_router=False,
        run_service_proxy=False,
        run_loadbalancer=False,
        enable_cni=False,
        enable_ipv6=False,
        health_port=0,
        metrics_port=0,
        service_cluster_ip_range=network.services,
    )
    name = "kube-netpol" if (paths.bin / "kube-netpol").exists() else "kube-router"
    return [paths.program(name), *flags]


def daemons(paths: Paths, network: Network, pki: Pki, envoy: Path) -> list[Daemon]:
    """List the node's daemons in their order of start.

    Raises:
        ClusterError: a program is missing.
    """
    containerd = [paths.program("containerd"), "--config", str(paths.config / "containerd.toml")]
    proxy = [paths.program("kube-proxy"), *_flags(config=paths.config / "kube-proxy.json")]
    forwarder = [str(envoy), "--config-path", str(paths.config / "edge.json"), "--concurrency", "1"]
    forwarder += ["--disable-hot-restart", "--log-level", "warn"]
    return [
        Daemon("etcd", 0, _etcd(paths, pki)),
        Daemon("containerd", 0, containerd),
        Daemon("volumes", 0, [sys.executable, "-m", "local.cluster.volumes"]),
        Daemon("edge", 0, forwarder, in_host_network=True),
        Daemon("kube-apiserver", 1, _api_server(paths, network, pki)),
        Daemon("kube-controller-manager", 2, _controller_manager(paths, pki)),
        Daemon("kube-scheduler", 2, _scheduler(paths, pki)),
        Daemon("network-policy", 3, _network_policy(paths, network, pki)),
        Daemon("kube-proxy", 2, proxy),
        Daemon("kubelet", 2, _kubelet(paths, network, pki)),
    ]


def supervisor_config(paths: Paths, programs: Sequence[Daemon]) -> str:
    """Render supervisord's configuration; nothing starts by itself, because `up` starts the daemons stage by stage."""
    lines = [
        "[unix_http_server]",
        f"file={paths.supervisor_socket}",
        "chmod=0600",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
        "[supervisord]",
        "nodaemon=true",
        "silent=true",
        f"directory={paths.state}",
        f"logfile={paths.logs / 'supervisord.log'}",
        "logfile_maxbytes=5MB",
        "logfile_backups=1",
        f"pidfile={paths.run / 'supervisord.pid'}",
        "minfds=1024",
    ]
    for daemon in programs:
        lines += [
            f"[program:{daemon.name}]",
            f"command={shlex.join(daemon.argv).replace('%', '%%')}",
            "autostart=false",
            "autorestart=true",
            "startsecs=1",
            "startretries=8",
            "stopwaitsecs=5",
            "stopasgroup=true",
            "killasgroup=true",
            "redirect_stderr=true",
            f"stdout_logfile={paths.logs / daemon.name}.log",
            "stdout_logfile_maxbytes=10MB",
            "stdout_logfile_backups=1",
        ]
    return "\n".join(lines) + "\n"
