"""The network of a stack.

Owns: a VPC, one subnetwork with ranges for nodes, pods and Services, a log of the names that are asked for, and the way
out: a router with NAT and one address that stays the same, so that others can allow it.

Nothing comes in: nodes have no address outside, and a rule that refuses all the rest, and logs it, stands below those
that GKE makes by itself for its nodes and for the load balancer's health checks. Two of us making the same rules would
only let them drift apart. Google's APIs are reached without leaving Google's network.

Deliberately not here: what pods may reach, which their NetworkPolicies say. Where nodes may connect to is not limited:
they run Google's software only, and a list of every API they need would break with its next release.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import pulumi
from pulumi_gcp import compute, dns

from infra.components.base import Component
from infra.naming import Naming, logical
from infra.settings_gcp import NetworkSettings

_COMPUTE: Final = "compute.googleapis.com"
_DNS: Final = "dns.googleapis.com"
APIS: Final[tuple[str, ...]] = (_COMPUTE, _DNS)

PODS: Final = "pods"
SERVICES: Final = "services"
_LAST: Final = 65534
"""Priority just above the rules that every VPC has and that log nothing."""
_PORTS: Final = (64, 4096)
"""Ports a node has for connections out, and how many it may grow to; one address has 64512 of them for all nodes.

Source: cloud.google.com/nat/docs/ports-and-addresses."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkArgs:
    """Inputs of Network."""

    names: Naming
    """Names of the stack."""
    settings: NetworkSettings
    """Ranges, and the share of connections that is logged."""
    project: pulumi.Input[str]
    """Id of the project."""
    apis: Mapping[str, pulumi.Resource]
    """What to depend on before an API is called. Source: Project.apis."""
    region: str
    """Region of subnetwork and router."""
    protect: bool
    """Whether VPC and subnetwork refuse to be deleted."""


class Network(Component):
    """The network of a stack."""

    TYPE: ClassVar[str] = "a-tu-mano:gcp:Network"

    network: pulumi.Output[str]
    """Self link of the VPC."""
    subnetwork: pulumi.Output[str]
    """Self link of the subnetwork."""
    pods_range: str
    """Name of the subnetwork's range for pods."""
    services_range: str
    """Name of the subnetwork's range for Services."""
    egress: pulumi.Output[str]
    """Address that connections to the outside come from."""
    ready: list[pulumi.Resource]
    """What nodes need before they start: the way out."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        network = compute.Network(
            name,
            project=args.project,
            name=args.names.physical("network", "network"),
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            opts=self.child(protect=args.protect, depends_on=[args.apis[_COMPUTE]]),
        )
        share = args.settings.flow_logs
        subnetwork = compute.Subnetwork(
            logical(name, "nodes"),
            project=args.project,
            name=args.names.physical("nodes", "network"),
            region=args.region,
            network=network.self_link,
            ip_cidr_range=args.settings.nodes,
            secondary_ip_ranges=[
                {"range_name": PODS, "ip_cidr_range": args.settings.pods},
                {"range_name": SERVICES, "ip_cidr_range": args.settings.services},
            ],
            private_ip_google_access=True,
            log_config=None
            if share is None
            else {
                "aggregation_interval": "INTERVAL_30_SEC",
                "flow_sampling": share,
                "metadata": "INCLUDE_ALL_METADATA",
            },
            opts=self.child(protect=args.protect),
        )
        compute.Firewall(
            logical(name, "refused"),
            project=args.project,
            name=args.names.physical("refused", "network"),
            network=network.self_link,
            description="Refuses and logs what no other rule lets in.",
            direction="INGRESS",
            priority=_LAST,
            source_ranges=["0.0.0.0/0"],
            denies=[{"protocol": "all"}],
            log_config={"metadata": "INCLUDE_ALL_METADATA"},
            opts=self.child(),
        )
        # CIS GCP 2.12: who was talked to, as far as a name tells.
        dns.Policy(
            logical(name, "names"),
            project=args.project,
            name=args.names.physical("names", "dns policy"),
            description="Logs the names that the stack asks for.",
            networks=[{"network_url": network.self_link}],
            enable_logging=True,
            opts=self.child(depends_on=[args.apis[_DNS]]),
        )
        address = compute.Address(
            logical(name, "egress"),
            project=args.project,
            name=args.names.physical("egress", "network"),
            region=args.region,
            address_type="EXTERNAL",
            network_tier="PREMIUM",
            opts=self.child(depends_on=[args.apis[_COMPUTE]]),
        )
        router = compute.Router(
            logical(name, "router"),
            project=args.project,
            name=args.names.physical("router", "network"),
            region=args.region,
            network=network.self_link,
            opts=self.child(),
        )
        nat = compute.RouterNat(
            logical(name, "nat"),
            project=args.project,
            name=args.names.physical("nat", "network"),
            region=args.region,
            router=router.name,
            nat_ip_allocate_option="MANUAL_ONLY",
            nat_ips=[address.self_link],
            source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
            subnetworks=[{"name": subnetwork.self_link, "source_ip_ranges_to_nats": ["ALL_IP_RANGES"]}],
            enable_dynamic_port_allocation=True,
            min_ports_per_vm=_PORTS[0],
            max_ports_per_vm=_PORTS[1],
            log_config={"enable": True, "filter": "ERRORS_ONLY"},
            opts=self.child(),
        )
        self.network = network.self_link
        self.subnetwork = subnetwork.self_link
        self.pods_range, self.services_range = PODS, SERVICES
        self.egress = address.address
        self.ready = [nat]
        self.register_outputs({"network": self.network, "subnetwork": self.subnetwork, "egress": self.egress})
