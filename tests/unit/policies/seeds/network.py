"""Stacks that let somebody in, or do not see who comes and goes."""

from typing import Any, Final

from tests.unit.policies.seeds.seed import Seed

_FIREWALL: Final = "gcp:compute/firewall:Firewall"
_FORWARDING: Final = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
_NETWORK: Final = "gcp:compute/network:Network network"
_SUBNET: Final = "gcp:compute/subnetwork:Subnetwork network-nodes"
_ARMOR: Final = "gcp:compute/securityPolicy:SecurityPolicy edge-protection"
_GATEWAY: Final = "kubernetes:gateway.networking.k8s.io/v1:Gateway gateway"
_CERTIFICATE: Final = "gcp:compute/sSLCertificate:SSLCertificate"


def _added(name: str, rule: str, type_: str, **inputs: Any) -> Seed:
    return Seed(
        name, rule, add={"type": type_, "name": "one-too-many", "inputs": inputs}, finds=f"{type_} one-too-many"
    )


def _opened(name: str, rule: str, sources: list[str], **allow: Any) -> Seed:
    return _added(name, rule, _FIREWALL, direction="INGRESS", sourceRanges=sources, allows=[allow])


SEEDS: Final = [
    Seed("no flow is logged", "network-flow-logs", settings={"gcp.network.flowLogs": None}, finds=_SUBNET),
    Seed("attacks are only logged", "network-armor-attacks", settings={"gcp.edge.waf": "audit"}, finds=_ARMOR),
    Seed("attacks get through", "network-armor-attacks", settings={"gcp.edge.waf": "off"}, finds=_ARMOR),
    Seed("no client is throttled", "network-armor-rate", resource=_ARMOR, set={"rules[8].preview": True}),
    Seed("nobody looks for floods", "network-armor-adaptive", resource=_ARMOR, remove=["adaptiveProtectionConfig"]),
    _opened("every port is open", "network-firewall-all-ports", ["0.0.0.0/0"], protocol="tcp"),
    _opened("everything is open to IPv6", "network-firewall-all-ports", ["::/0"], protocol="all"),
    _opened("the database is public", "network-firewall-database", ["0.0.0.0/0"], protocol="tcp", ports=["27017"]),
    _opened(
        "a range has the database's port",
        "network-firewall-database",
        ["8.8.8.0/24"],
        protocol="tcp",
        ports=["27000-27100"],
    ),
    _opened("everybody may try ssh", "network-firewall-everybody", ["0.0.0.0/0"], protocol="tcp", ports=["22"]),
    _opened("everybody of IPv6 may, too", "network-firewall-everybody", ["::/0"], protocol="tcp", ports=["22"]),
    Seed(
        "nothing refuses the rest",
        "network-rest-refused",
        resource=f"{_FIREWALL} network-refused",
        remove=["*"],
        finds=_NETWORK,
    ),
    Seed(
        "nobody sees who knocks",
        "network-rest-refused",
        resource=f"{_FIREWALL} network-refused",
        remove=["logConfig"],
        finds=_NETWORK,
    ),
    Seed(
        "names are not logged",
        "network-names-logged",
        resource="gcp:dns/policy:Policy network-names",
        set={"enableLogging": False},
        finds=_NETWORK,
    ),
    Seed("Google makes subnetworks", "network-own-subnets", resource=_NETWORK, set={"autoCreateSubnetworks": True}),
    Seed(
        "Google is reached by NAT",
        "network-private-google-access",
        resource=_SUBNET,
        set={"privateIpGoogleAccess": False},
    ),
    Seed(
        "dropped connections are not seen",
        "network-nat-logs",
        resource="gcp:compute/routerNat:RouterNat network-nat",
        set={"logConfig.enable": False},
    ),
    _added("a load balancer leads past the Gateway", "network-load-balancers", _FORWARDING, portRange="27017"),
    Seed(
        "the edge listens as a database", "network-edge-ports", resource=_GATEWAY, set={"spec.listeners[0].port": 27017}
    ),
    Seed(
        "the domain is not signed",
        "network-dnssec",
        resource="gcp:dns/managedZone:ManagedZone edge-zone",
        set={"dnssecConfig.state": "off"},
    ),
    Seed(
        "TLS 1.0 is spoken",
        "network-tls-versions",
        resource="gcp:compute/sSLPolicy:SSLPolicy edge-tls",
        set={"minTlsVersion": "TLS_1_0"},
    ),
    Seed(
        "weak ciphers are taken",
        "network-tls-versions",
        resource="gcp:compute/sSLPolicy:SSLPolicy edge-tls",
        set={"profile": "COMPATIBLE"},
    ),
    _added("a certificate is uploaded", "network-managed-certificates", _CERTIFICATE, certificate="..."),
]
