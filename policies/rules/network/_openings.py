"""What firewall rules let in, of every kind of rule that Compute Engine has."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError
from policies.rules._networks import is_private
from policies.rules._reading import each

NETWORK: Final = "gcp:compute/network:Network"
FIREWALL: Final = "gcp:compute/firewall:Firewall"
FIREWALLS: Final = (
    FIREWALL,
    "gcp:compute/firewallPolicyRule:FirewallPolicyRule",
    "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule",
    "gcp:compute/regionNetworkFirewallPolicyRule:RegionNetworkFirewallPolicyRule",
)
EVERYBODY: Final = "0.0.0.0/0"
DATABASE_PORTS: Final = range(27017, 27020)
"""Ports of MongoDB: of a member, of a shard, of a configuration server."""
_WITH_PORTS: Final = ("all", "tcp", "udp", "sctp", "6", "17", "132")


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """One protocol that a rule lets in."""

    path: str
    """Path of it in the rule."""
    protocol: str
    ports: tuple[str, ...]
    """Ports and ranges of them, e.g. ("443", "8000-9000")."""
    sources: tuple[str, ...]
    """Networks it is let in from; none where only machines of the network may come in, by tag or account."""

    @property
    def is_of_all_ports(self) -> bool:
        """Whether the protocol has ports and none is named."""
        return self.protocol in _WITH_PORTS and not self.ports

    @property
    def is_of_the_database(self) -> bool:
        """Whether a port of the database is among those named."""
        return any(
            first <= port <= last for first, last in map(_range, self.ports) for port in DATABASE_PORTS
        )  # fmt: skip

    @property
    def is_public(self) -> bool:
        """Whether somebody outside may come in."""
        return not all(map(is_private, self.sources))


def openings(resource: Resource) -> list[Opening]:
    """What a rule lets in.

    Raises:
        NotApplicableError: Nothing.
    """
    found = [] if _is_idle(resource) else list(_classic(resource) if resource.type == FIREWALL else _modern(resource))
    if not found:
        msg = "It lets nothing in."
        raise NotApplicableError(msg)
    return found


def _is_idle(resource: Resource) -> bool:
    return resource.get("disabled") is True or resource.get("direction", "INGRESS") != "INGRESS"


def _classic(resource: Resource) -> Iterator[Opening]:
    """Without any source it is everybody."""
    named = resource.get("sourceTags") or resource.get("sourceServiceAccounts")
    for path in each(resource, "allows"):
        yield Opening(
            path=path,
            protocol=str(resource.get(f"{path}.protocol")).lower(),
            ports=tuple(resource.get(f"{path}.ports", ())),
            sources=tuple(resource.get("sourceRanges", () if named else (EVERYBODY,))),
        )


def _modern(resource: Resource) -> Iterator[Opening]:
    """Lists that Google keeps, of countries or of names, are everybody here."""
    if resource.get("action") not in ("allow", "apply_security_profile_group"):
        return
    named = resource.get("match.srcSecureTags") or resource.get("match.srcNetworks")
    for path in each(resource, "match.layer4Configs"):
        yield Opening(
            path=path,
            protocol=str(resource.get(f"{path}.ipProtocol")).lower(),
            ports=tuple(resource.get(f"{path}.ports", ())),
            sources=tuple(resource.get("match.srcIpRanges", () if named else (EVERYBODY,))),
        )


def _range(ports: str) -> tuple[int, int]:
    first, _, last = str(ports).partition("-")
    return int(first), int(last or first)
