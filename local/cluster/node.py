"""Process 1 of the node: gives the node directories and a network of its own, then becomes the supervisor.

Started by `supervision.start` in new process and mount namespaces. Whatever is mounted, bound or routed here ends with
this process, also when it is killed: that is why nothing needs to be undone. The host keeps what it had, because
pods, volumes, firewall rules, address forwarding and the kernel settings that the kubelet wants live in here.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from local.cluster import cgroups
from local.cluster.daemons import NETWORK_NAMESPACE
from local.cluster.network import Network
from local.cluster.paths import Paths

_REPLACED = ("/tmp", "/var/lib", "/var/log")  # noqa: S108 - the node's own, where the hostpath provisioner writes

_KERNEL_SETTINGS = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}
"""What the kubelet would set for the whole host; it gets files that say so already."""

_FIREWALL = """
table inet a-tu-mano {{
  chain input {{
    type filter hook input priority -10; policy accept;
    iifname "eth0" ip saddr != {host} drop
    iifname "eth0" ct state new tcp dport != 6443 drop
    iifname "eth0" ct state new ip protocol != {{ tcp, icmp }} drop
  }}
  chain forward {{
    type filter hook forward priority -10; policy accept;
    meta nfproto ipv6 drop
    iifname "eth0" ip saddr != {host} drop
    oifname "eth0" ip daddr != {host} reject
  }}
}}
"""


def _run(*command: str, text: str | None = None, keep: Iterable[int] = ()) -> None:
    subprocess.run(command, check=True, input=text, text=True, pass_fds=tuple(keep))


def _inside(*command: str, text: str | None = None) -> None:
    _run("nsenter", f"--net={NETWORK_NAMESPACE}", *command, text=text)


def _mount_directories(paths: Paths) -> None:
    """Replace the directories that daemons write to by the node's own; keep in sight what the node must see."""
    replaced = [Path(name) for name in (*_REPLACED, "/run")]
    hidden = [
        (path, os.open(path, os.O_PATH))
        for path in paths.needed_inside()
        if any(path.is_relative_to(directory) for directory in replaced)
    ]
    for name in _REPLACED:
        own = paths.node / name.strip("/").replace("/", "-")
        own.mkdir(mode=0o755, parents=True, exist_ok=True)
    own_descriptors = {name: os.open(paths.node / name.strip("/").replace("/", "-"), os.O_PATH) for name in _REPLACED}
    _run("mount", "-t", "tmpfs", "-o", "mode=0755,nosuid,nodev", "node", "/run")
    for name, descriptor in own_descriptors.items():
        _run("mount", "--no-canonicalize", "--bind", f"/proc/self/fd/{descriptor}", name, keep=[descriptor])
    Path("/tmp").chmod(0o1777)  # noqa: S108
    for path, descriptor in hidden:
        path.mkdir(parents=True, exist_ok=True)
        _run("mount", "--no-canonicalize", "--rbind", f"/proc/self/fd/{descriptor}", str(path), keep=[descriptor])
    # Only now, so that nothing of the above reaches the host: pods may share mounts with each other.
    _run("mount", "--make-rshared", "/")


def _pin_kernel_settings() -> None:
    directory = Path("/run/kernel-settings")
    directory.mkdir()
    for name, value in _KERNEL_SETTINGS.items():
        file = directory / name.replace("/", ".")
        file.write_text(value + "\n")
        _run("mount", "--bind", str(file), f"/proc/sys/{name}")


def _make_network(network: Network) -> None:
    """Lay the wire to the host, and refuse everything on it that doesn't come from the host itself."""
    _run("ip", "netns", "add", Path(NETWORK_NAMESPACE).name)
    wire = f"""\
link add {network.interface} type veth peer name eth0 netns {Path(NETWORK_NAMESPACE).name}
address add {network.host}/{network.wire_prefix} dev {network.interface}
link set {network.interface} up
route add {network.block} via {network.node} dev {network.interface}
"""
    # Without a route to Services the node's own requests to them end before kube-proxy sees them; none leaves by it.
    own = f"""\
link set lo up
address add {network.node}/{network.wire_prefix} dev eth0
link set eth0 up
route add {network.services} dev eth0
"""
    _inside("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
    _run("ip", "-batch", "-", text=wire)
    _inside("ip", "-batch", "-", text=own)
    bridge = [f"net.bridge.bridge-nf-call-{family}=1" for family in ("iptables", "ip6tables")]
    _inside("sysctl", "-qw", "net.ipv4.ip_forward=1", *bridge)
    _inside("nft", "-f", "-", text=_FIREWALL.format(host=network.host))


def _clean_environment(paths: Paths) -> dict[str, str]:
    """No proxies, no credentials of whoever called `up`."""
    return {
        "HOME": "/tmp",  # noqa: S108
        "LANG": "C.UTF-8",
        "PATH": f"{paths.bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    }


def main() -> None:
    """Make the node out of the calling process; never returns."""
    paths, network = Paths.from_environment(), Network.from_environment()
    cgroups.join(network.cgroup)
    _mount_directories(paths)
    _pin_kernel_settings()
    _make_network(network)
    supervisor = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(paths.supervisor_config)]
    os.chdir(paths.state)
    os.execve(supervisor[0], supervisor, _clean_environment(paths))  # noqa: S606 - it takes this process's place


if __name__ == "__main__":
    main()
