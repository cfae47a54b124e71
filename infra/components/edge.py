"""What the load balancer in front of a stack needs of GCP: an address, a name, a certificate and rules of protection.

Owns: the static address, the DNS zone (or finds the one that is there) with the shop's records, the Google-managed
certificate with its authorization by DNS and the map that hands it to the load balancer, the Cloud Armor policy and
the policy of TLS versions.

The certificate is authorized by a DNS record, so Google issues it before any traffic flows: as soon as the registrar
has delegated the zone, whenever that is. What belongs to a domain carries a digest of it in its name: another domain is
made beside the old one, which goes only when nothing uses it any more.

Deliberately not here: the load balancer itself, which GKE makes from the Gateway, and the delegation of the zone, which
only the registrar can do.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import pulumi
from pulumi_gcp.certificatemanager import Certificate, CertificateMap, CertificateMapEntry, DnsAuthorization
from pulumi_gcp.compute import GlobalAddress, SecurityPolicy, SSLPolicy
from pulumi_gcp.dns import ManagedZone, RecordSet, get_managed_zones_output

from infra.components import armor
from infra.components.base import Component
from infra.naming import Naming, logical
from infra.settings_gcp import CloudEdgeSettings

COMPUTE: Final = "compute.googleapis.com"
DNS: Final = "dns.googleapis.com"
CERTIFICATES: Final = "certificatemanager.googleapis.com"
APIS: Final[tuple[str, ...]] = (COMPUTE, DNS, CERTIFICATES)
_BESIDE: Final = {"delete_before_replace": False}
"""Option of what belongs to a domain: the provider would remove the old one first, since the program names it."""
_TTL: Final = 300
"""Seconds that resolvers keep a record."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EdgeArgs:
    """Inputs of Edge."""

    names: Naming
    """Names of the stack."""
    settings: CloudEdgeSettings
    """Domain, zone and protection."""
    project: pulumi.Input[str]
    """Id of the project. Source: Project.id."""
    apis: Mapping[str, pulumi.Resource]
    """Services of the project, by name. Source: Project.apis."""
    protect: bool
    """Whether a zone that still has records refuses to be deleted."""


class Edge(Component):
    """Name, address, certificate and protection of a stack's load balancer."""

    TYPE: ClassVar[str] = "a-tu-mano:gcp:Edge"

    domain: str
    """Domain of the shop."""
    address: pulumi.Output[str]
    """The IPv4 address the domain leads to."""
    address_name: pulumi.Output[str]
    """Name of that address, which the Gateway asks for."""
    certificate_map: pulumi.Output[str]
    """Name of the map; known once the domain's certificate is in it."""
    security_policy: pulumi.Output[str] | None
    """Name of the Cloud Armor policy; None without Cloud Armor."""
    ssl_policy: pulumi.Output[str]
    """Name of the policy of TLS versions."""
    name_servers: pulumi.Output[Sequence[str]]
    """Name servers the registrar has to delegate the zone to."""

    def __init__(self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.domain = args.settings.domain
        role = f"edge-{_digest(self.domain)}"

        address = GlobalAddress(
            logical(name, "address"),
            name=args.names.physical("edge", "address"),
            project=args.project,
            address_type="EXTERNAL",
            ip_version="IPV4",
            opts=self.child(depends_on=[args.apis[COMPUTE]]),
        )
        zone, self.name_servers = self._zone(name, args)
        RecordSet(
            logical(name, "record"),
            name=f"{self.domain}.",
            type="A",
            ttl=_TTL,
            rrdatas=[address.address],
            managed_zone=zone,
            project=args.project,
            opts=self.child(**_BESIDE),
        )
        certificate = self._certificate(name, role, args, zone)
        chosen = CertificateMap(
            logical(name, "certificates"),
            name=args.names.physical("edge", "certificate"),
            project=args.project,
            description="Certificates of the shop's load balancer",
            opts=self.child(depends_on=[args.apis[CERTIFICATES]]),
        )
        entry = CertificateMapEntry(
            logical(name, "certificate-entry"),
            name=args.names.physical(role, "certificate"),
            project=args.project,
            map=chosen.name,
            hostname=self.domain,
            certificates=[certificate.id],
            opts=self.child(**_BESIDE),
        )
        versions = SSLPolicy(
            logical(name, "tls"),
            name=args.names.physical("edge", "ssl policy"),
            project=args.project,
            profile="RESTRICTED",
            min_tls_version="TLS_1_2",
            opts=self.child(depends_on=[args.apis[COMPUTE]]),
        )

        self.address = address.address
        self.address_name = address.name
        self.certificate_map = pulumi.Output.all(chosen.name, entry.id).apply(lambda known: str(known[0]))
        self.security_policy = self._protection(name, args).name if args.settings.cloud_armor else None
        self.ssl_policy = versions.name
        self.register_outputs({"address": self.address, "nameServers": self.name_servers})

    def _protection(self, name: str, args: EdgeArgs) -> SecurityPolicy:
        return SecurityPolicy(
            logical(name, "protection"),
            name=args.names.physical("edge", "security policy"),
            project=args.project,
            type="CLOUD_ARMOR",
            description="What the shop's load balancer refuses",
            rules=armor.rules(args.settings),
            # Bodies are parsed as what they say they are: a JSON text searched as a whole meets more rules by chance.
            advanced_options_config={"json_parsing": "STANDARD", "log_level": "NORMAL"},
            # In the Standard tier this tells of an attack; only the Enterprise tier proposes a rule against it.
            adaptive_protection_config={"layer7_ddos_defense_config": {"enable": True, "rule_visibility": "STANDARD"}},
            opts=self.child(depends_on=[args.apis[COMPUTE]]),
        )

    def _zone(self, name: str, args: EdgeArgs) -> tuple[pulumi.Output[str], pulumi.Output[Sequence[str]]]:
        """Name of the zone, and its name servers."""
        dns_name = f"{args.settings.zone or args.settings.domain}."
        if not args.settings.create_zone:
            found = get_managed_zones_output(
                project=args.project,
                opts=pulumi.InvokeOutputOptions(parent=self, depends_on=[args.apis[DNS]]),
            ).apply(lambda result: _public(result.managed_zones, dns_name))
            return found.apply(lambda zone: str(zone.name)), found.apply(lambda zone: list(zone.name_servers))
        zone = ManagedZone(
            logical(name, "zone"),
            name=args.names.physical(f"edge-{_digest(dns_name)}", "dns zone"),
            project=args.project,
            dns_name=dns_name,
            description="Where the shop's domain is answered for",
            visibility="public",
            dnssec_config={"state": "on", "non_existence": "nsec3"},
            # Else records that somebody added by hand would keep a stack from being destroyed.
            force_destroy=not args.protect,
            opts=self.child(depends_on=[args.apis[DNS]], **_BESIDE),
        )
        return zone.name, zone.name_servers

    def _certificate(self, name: str, role: str, args: EdgeArgs, zone: pulumi.Output[str]) -> Certificate:
        authorization = DnsAuthorization(
            logical(name, "authorization"),
            name=args.names.physical(role, "certificate"),
            project=args.project,
            domain=self.domain,
            opts=self.child(depends_on=[args.apis[CERTIFICATES]], **_BESIDE),
        )
        asked = authorization.dns_resource_records[0]
        proof = RecordSet(
            logical(name, "authorization-record"),
            name=asked.name,
            type="CNAME",
            ttl=_TTL,
            rrdatas=[asked.data],
            managed_zone=zone,
            project=args.project,
            opts=self.child(**_BESIDE),
        )
        return Certificate(
            logical(name, "certificate"),
            name=args.names.physical(role, "certificate"),
            project=args.project,
            managed={"domains": [self.domain], "dns_authorizations": [authorization.id]},
            # Google looks for the record at once and then ever more rarely.
            opts=self.child(depends_on=[proof], **_BESIDE),
        )


def _digest(domain: str) -> str:
    return hashlib.sha256(domain.encode()).hexdigest()[:6]


def _public(zones: Sequence[Any], dns_name: str) -> Any:
    """The project's public zone for a domain.

    Raises:
        pulumi.RunError: there is none, or more than one; the engine shows it without a traceback.
    """
    found = [zone for zone in zones if zone.dns_name == dns_name and zone.visibility == "public"]
    if len(found) != 1:
        msg = (
            f"a-tu-mano:gcp.edge.createZone is false and the project has {len(found)} zones for {dns_name}, one is "
            "required. Make it, correct a-tu-mano:gcp.edge.zone, or let the program make one."
        )
        raise pulumi.RunError(msg)
    return found[0]
