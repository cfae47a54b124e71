"""The cluster's addresses: one block, and the check that nothing on the host uses it already."""

import json
import os
import subprocess
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from local.cluster.errors import ClusterError

_PREFIX = 16


@dataclass(frozen=True)
class Network:
    """Every address of the cluster, taken from one /16.

    The wire between host and node is the first /30, pods get the second /24, Services the upper half.
    """

    block: IPv4Network

    @classmethod
    def from_environment(cls) -> "Network":
        """Read `A_TU_MANO_NETWORK`, default 10.77.0.0/16.

        Raises:
            ClusterError: it is not a /16 written in full.
        """
        text = os.environ.get("A_TU_MANO_NETWORK") or "10.77.0.0/16"
        try:
            block = IPv4Network(text)
        except ValueError:
            block = None
        if block is None or block.prefixlen != _PREFIX:
            message = f"A_TU_MANO_NETWORK is {text!r}, but must be an IPv4 network of prefix /16, such as 10.87.0.0/16."
            raise ClusterError(message)
        return cls(block)

    @property
    def slug(self) -> str:
        """The block's first two bytes, such as "10-77": what on the host belongs to this cluster has it in its name."""
        return "-".join(str(self.block.network_address).split(".")[:2])

    @property
    def interface(self) -> str:
        """The host's end of the wire to the node."""
        return f"atm-{self.slug}"

    @property
    def cgroup(self) -> str:
        """The cluster's cgroup, at the top of every hierarchy."""
        return f"a-tu-mano-{self.slug}"

    def _at(self, offset: int) -> IPv4Address:
        return self.block.network_address + offset

    @property
    def host(self) -> IPv4Address:
        """The host's end of the wire: where requests through the edge come from."""
        return self._at(1)

    @property
    def node(self) -> IPv4Address:
        """The node's end: its InternalIP and the API server's address."""
        return self._at(2)

    @property
    def wire_prefix(self) -> int:
        """Prefix length of the wire."""
        return 30

    @property
    def pods(self) -> IPv4Network:
        """Pods' addresses; the first is the bridge's."""
        return list(self.block.subnets(new_prefix=24))[1]

    @property
    def services(self) -> IPv4Network:
        """Services' addresses."""
        return list(self.block.subnets(new_prefix=17))[1]

    @property
    def api_service(self) -> IPv4Address:
        """The Service `kubernetes.default`."""
        return self.services.network_address + 1

    @property
    def dns(self) -> IPv4Address:
        """The Service `kube-dns`."""
        return self.services.network_address + 10


def host_networks(network: Network) -> list[tuple[str, IPv4Network]]:
    """List the host's IPv4 routes but the default ones and the cluster's own, as (interface, destination)."""
    run = subprocess.run(["ip", "-json", "-4", "route", "show", "table", "main"], capture_output=True, check=True)
    routes = json.loads(run.stdout or b"[]")
    return [
        (route.get("dev", "?"), IPv4Network(route["dst"]))
        for route in routes
        if route["dst"] != "default" and route.get("dev") != network.interface
    ]


def require_free(network: Network, taken: list[tuple[str, IPv4Network]]) -> None:
    """Refuse a block that the host already routes elsewhere.

    Raises:
        ClusterError: names the first overlap and the variable to change.
    """
    for device, other in taken:
        if other.overlaps(network.block):
            message = (
                f"The cluster's network {network.block} overlaps the host's route to {other} on {device}. "
                f"Set A_TU_MANO_NETWORK to a free /16, such as 10.87.0.0/16."
            )
            raise ClusterError(message)
