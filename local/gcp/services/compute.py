"""Compute Engine: networks and what is in them, addresses.

Not modelled: what GKE's Gateway controller makes (forwarding rules, firewall rules), so an address or a network that
such a Gateway uses can be deleted here and not on Google Cloud.
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from local.gcp.kinds import Cloud, Kind, Properties, Reference, Resource, look
from local.gcp.rules import (
    ADDRESS,
    CLUSTER,
    COMPUTE_NAME,
    DELETION_POLICY,
    NETWORK,
    SUBNETWORK,
    between,
    given,
    known,
    labels,
    only_with,
    place,
    ranges,
    settled,
    together,
    unique,
    values,
    within_quota,
    words,
)

_API: Final = "compute.googleapis.com"
_BASE: Final = "https://www.googleapis.com/compute/v1"
_DOCS: Final = "cloud.google.com/compute/docs/reference/rest/v1/"
_NAT: Final = "gcp:compute/routerNat:RouterNat"
_ROUTER: Final = "gcp:compute/router:Router"
_GLOBAL_ADDRESS: Final = "gcp:compute/globalAddress:GlobalAddress"

_RESERVED: Final = [
    ipaddress.ip_network(text)
    for text in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "199.36.153.4/30", "199.36.153.8/30", "224.0.0.0/4")
]
"""Ranges no subnetwork may touch. Source: cloud.google.com/vpc/docs/subnets, "prohibited IPv4 subnet ranges"."""
_AUTO: Final = ipaddress.ip_network("10.128.0.0/9")
"""Where an auto mode network has its subnetworks. Source: cloud.google.com/vpc/docs/subnets."""

_Range = ipaddress.IPv4Network | ipaddress.IPv6Network


def _link(resource: Resource, _cloud: Cloud) -> Properties:
    return {"selfLink": f"{_BASE}/{resource.id}", "creationTimestamp": resource.created}


# Networks


def _network(resource: Resource, cloud: Cloud) -> Properties:
    number = resource.number(19)
    return {
        "selfLink": _link(resource, cloud)["selfLink"],
        "networkId": number,
        "gatewayIpv4": "",
        "mtu": resource.get("mtu") or 1460,
        "routingMode": resource.get("routingMode") or "REGIONAL",
    }


_NETWORKS: Final = Kind(
    token=NETWORK,
    id="projects/{project}/global/networks/{name}",
    api=_API,
    source=_DOCS + "networks",
    names=("selfLink", "name", "networkId"),
    immutable=frozenset(
        {
            "autoCreateSubnetworks",
            "description",
            "internalIpv6Range",
            "name",
            "networkProfile",
            "params",
            "project",
        }
    ),
    values={
        "name": COMPUTE_NAME,
        "mtu": range(1300, 8897),
        "routingMode": words("REGIONAL GLOBAL"),
        "bgpBestPathSelectionMode": words("LEGACY STANDARD"),
        "bgpInterRegionCost": words("DEFAULT ADD_COST_TO_MED"),
        "networkFirewallPolicyEnforcementOrder": words("BEFORE_CLASSIC_FIREWALL AFTER_CLASSIC_FIREWALL"),
        "deletionPolicy": DELETION_POLICY,
    },
    validations=settled(only_with("internalIpv6Range", "enableUlaInternalIpv6", (True,))),
    defaults={
        "autoCreateSubnetworks": True,
        "deleteDefaultRoutesOnCreate": False,
        "networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL",
    },
    rules=(within_quota("NETWORKS"),),
    outputs=_network,
)

# Subnetworks


def _of(subnetwork: Mapping[str, Any]) -> Iterator[tuple[str, _Range]]:
    """A subnetwork's ranges, each with what it is called."""
    named = [("its range", subnetwork.get("ipCidrRange"))]
    secondary = subnetwork.get("secondaryIpRanges") or []
    named += [(f"its range {one.get('rangeName')!r}", one.get("ipCidrRange")) for one in secondary]
    for name, text in named:
        try:
            yield name, ipaddress.ip_network(str(text))
        except ValueError:
            # The patterns have said so.
            continue


def _overlaps(resource: Resource, _cloud: Cloud) -> Iterator[str]:
    """Source: cloud.google.com/vpc/docs/subnets, "IPv4 subnet ranges"."""
    own = list(_of(resource.inputs))
    for position, (name, one) in enumerate(own):
        for other_name, other in own[:position]:
            if one.overlaps(other):
                yield f"Invalid IPCidrRange: {name} {one} conflicts with {other_name} {other}."
        for reserved in _RESERVED:
            if one.overlaps(reserved):
                yield f"Invalid IPCidrRange: {name} {one} overlaps {reserved}, which is reserved."


def _neighbours(resource: Resource, cloud: Cloud) -> Iterator[str]:
    """Ranges of one network are apart from each other."""
    network = cloud.find((NETWORK,), str(resource.get("network")), resource)
    if network is None:
        return
    others: list[tuple[str, _Range]] = []
    if network.get("autoCreateSubnetworks") is not False:
        others.append((f"the ranges of the auto mode network '{network.id}'", _AUTO))
    for subnetwork in cloud.all(SUBNETWORK):
        at = cloud.find((NETWORK,), str(subnetwork.get("network")), subnetwork)
        if subnetwork.id != resource.id and at is not None and at.id == network.id:
            called = f"existing subnetwork '{subnetwork.get('name')}' in region '{subnetwork.get('region')}'"
            others += [(called, one) for _, one in _of(subnetwork.inputs)]
    for name, one in _of(resource.inputs):
        for called, other in others:
            if one.overlaps(other):
                yield f"Invalid IPCidrRange: {name} {one} conflicts with {called} ({other})."


def _used(resource: Resource, cloud: Cloud) -> Iterator[str]:
    """A secondary range that a cluster has pods or services in stays."""
    names = {one.get("rangeName") for one in resource.get("secondaryIpRanges") or []}
    for cluster in cloud.all(CLUSTER, resource.project):
        at = cloud.find((SUBNETWORK,), str(cluster.get("subnetwork")), cluster)
        if at is None or at.id != resource.id:
            continue
        for path in ("clusterSecondaryRangeName", "servicesSecondaryRangeName"):
            name = cluster.get(f"ipAllocationPolicy.{path}")
            if name is not None and name not in names:
                yield (
                    f"The secondary range {name!r} of '{resource.id}' is already being used by '{cluster.id}'; it "
                    "cannot be removed or renamed."
                )


def _proxies(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/load-balancing/docs/proxy-only-subnets."""
    if known(properties, "purpose") not in ("REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY"):
        return
    for path in ("logConfig", "secondaryIpRanges", "privateIpGoogleAccess"):
        if known(properties, path):
            yield f"{path} is set; a subnetwork for proxies cannot have it. Leave it out."


def _shrinks(old: Properties, new: Properties) -> Iterator[str]:
    try:
        before, after = (ipaddress.ip_network(str(one.get("ipCidrRange"))) for one in (old, new))
    except ValueError:
        return
    if before.version != after.version or not before.subnet_of(after):  # type: ignore[arg-type]
        yield "ipCidrRange"


def _subnetwork(resource: Resource, cloud: Cloud) -> Properties:
    gateway = next((str(one.network_address + 1) for _, one in _of(resource.inputs)), "")
    return {
        **_link(resource, cloud),
        "subnetworkId": int(resource.number(15)),
        "gatewayAddress": gateway,
        "purpose": resource.get("purpose") or "PRIVATE",
        "stackType": resource.get("stackType") or "IPV4_ONLY",
        "privateIpv6GoogleAccess": resource.get("privateIpv6GoogleAccess") or "DISABLE_GOOGLE_ACCESS",
        "state": "READY",
    }


_SUBNETWORKS: Final = Kind(
    token=SUBNETWORK,
    id="projects/{project}/regions/{region}/subnetworks/{name}",
    api=_API,
    source=_DOCS + "subnetworks",
    immutable=frozenset(
        {
            "description",
            "externalIpv6Prefix",
            "internalIpv6Prefix",
            "name",
            "network",
            "params",
            "project",
            "region",
            "reservedInternalRange",
            "resolveSubnetMask",
        }
    ),
    replaced_by=(_shrinks,),
    values={
        "name": COMPUTE_NAME,
        "secondaryIpRanges.*.rangeName": COMPUTE_NAME,
        "ipv6AccessType": words("EXTERNAL INTERNAL"),
        "logConfig.aggregationInterval": words(
            "INTERVAL_5_SEC INTERVAL_30_SEC INTERVAL_1_MIN INTERVAL_5_MIN INTERVAL_10_MIN INTERVAL_15_MIN"
        ),
        "logConfig.metadata": words("EXCLUDE_ALL_METADATA INCLUDE_ALL_METADATA CUSTOM_METADATA"),
        "purpose": words(
            "PRIVATE REGIONAL_MANAGED_PROXY GLOBAL_MANAGED_PROXY PRIVATE_SERVICE_CONNECT PEER_MIGRATION PRIVATE_NAT "
            "INTERNAL_HTTPS_LOAD_BALANCER"
        ),
        "resolveSubnetMask": words(
            "ARP_ALL_RANGES ARP_PRIMARY_RANGE ARP_BROADCAST_PRIMARY_RANGE ARP_BROADCAST_PRIMARY_RANGE_WITH_LEARNING"
        ),
        "role": words("ACTIVE BACKUP"),
        "secondaryIpRanges.*.ipVersion": words("IPV4 IPV6"),
        "stackType": words("IPV4_ONLY IPV4_IPV6 IPV6_ONLY"),
        "privateIpv6GoogleAccess": words(
            "DISABLE_GOOGLE_ACCESS ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE ENABLE_BIDIRECTIONAL_ACCESS_TO_GOOGLE"
        ),
        "deletionPolicy": DELETION_POLICY,
    },
    at_least_one_of=(
        (
            "logConfig.aggregationInterval",
            "logConfig.filterExpr",
            "logConfig.flowSampling",
            "logConfig.metadata",
        ),
    ),
    validations=settled(
        ranges("ipCidrRange", 29, 4),
        ranges("secondaryIpRanges.*.ipCidrRange", 29, 4),
        between("logConfig.flowSampling", 0, 1),
        only_with("logConfig.metadataFields", "logConfig.metadata", ("CUSTOM_METADATA",)),
        together("purpose", "REGIONAL_MANAGED_PROXY", "role"),
        unique("secondaryIpRanges.*.rangeName"),
        _proxies,
    ),
    references=(Reference(path="network", to=(NETWORK,)),),
    rules=(place("region"), _overlaps, _neighbours, _used),
    outputs=_subnetwork,
)

# Routers and NAT


def _asn(properties: Properties) -> Iterator[str]:
    """Source: RFC 6996; 16550 is Google's partner interconnect."""
    asn = known(properties, "bgp.asn")
    private = (range(64512, 65535), range(4200000000, 4294967295))
    if isinstance(asn, int) and asn != 16550 and not any(asn in one for one in private):  # noqa: PLR2004
        yield f"bgp.asn is {asn}; a private number (64512-65534 or 4200000000-4294967294) or 16550 is required."


def _advertised(properties: Properties) -> Iterator[str]:
    if known(properties, "bgp") is not None and known(properties, "bgp.advertiseMode") != "CUSTOM":
        for path in ("bgp.advertisedGroups", "bgp.advertisedIpRanges"):
            if known(properties, path):
                yield f"{path} is set, which needs bgp.advertiseMode to be CUSTOM."


_ROUTERS: Final = Kind(
    token=_ROUTER,
    id="projects/{project}/regions/{region}/routers/{name}",
    api=_API,
    source=_DOCS + "routers",
    immutable=frozenset(
        {
            "encryptedInterconnectRouter",
            "name",
            "nccGateway",
            "network",
            "params",
            "project",
            "region",
        }
    ),
    one_of=(("network", "nccGateway"),),
    values={
        "name": COMPUTE_NAME,
        "bgp.advertiseMode": words("DEFAULT CUSTOM"),
        "bgp.advertisedGroups.*": words("ALL_SUBNETS"),
        "bgp.keepaliveInterval": range(20, 61),
        "deletionPolicy": DELETION_POLICY,
    },
    validations=settled(_asn, _advertised),
    references=(Reference(path="network", to=(NETWORK,)),),
    rules=(place("region"),),
    outputs=_link,
)


def _nat_addresses(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/nat/docs/nat-product-interactions; routers resource, `nats[]`."""
    option, named = known(properties, "natIpAllocateOption"), look(properties, "natIps") not in (None, [])
    if option == "MANUAL_ONLY" and not named and not given(properties, "initialNatIps"):
        yield "natIpAllocateOption is MANUAL_ONLY, which needs natIps. Name addresses of gcp.compute.Address."
    if option == "AUTO_ONLY" and named:
        yield "natIps is set, which needs natIpAllocateOption to be MANUAL_ONLY."
    if option is None and known(properties, "type") != "PRIVATE":
        yield "natIpAllocateOption is not set; a public NAT needs AUTO_ONLY, or MANUAL_ONLY with natIps."
    if known(properties, "drainNatIps"):
        kept = set(known(properties, "natIps") or [])
        for address in known(properties, "drainNatIps"):
            if address in kept:
                yield f"drainNatIps has {address}, which natIps has too; drained is what natIps no longer has."


def _nat_ports(properties: Properties) -> Iterator[str]:
    dynamic = known(properties, "enableDynamicPortAllocation")
    if dynamic and known(properties, "enableEndpointIndependentMapping"):
        yield "enableDynamicPortAllocation needs enableEndpointIndependentMapping to be false."
    least, most = known(properties, "minPortsPerVm"), known(properties, "maxPortsPerVm")
    if most is not None and not dynamic:
        yield "maxPortsPerVm is set, which needs enableDynamicPortAllocation."
    for path, value in (("minPortsPerVm", least), ("maxPortsPerVm", most)):
        if dynamic and isinstance(value, int) and (value & (value - 1) or not 32 <= value <= 65536):  # noqa: PLR2004
            yield f"{path} is {value}; with dynamic port allocation a power of two from 32 to 65536 is required."
    if dynamic and isinstance(least, int) and isinstance(most, int) and most <= least:
        yield f"maxPortsPerVm is {most}; more than minPortsPerVm ({least}) is required."


def _nat_subnetworks(properties: Properties) -> Iterator[str]:
    listed = known(properties, "sourceSubnetworkIpRangesToNat") == "LIST_OF_SUBNETWORKS"
    if listed and not given(properties, "subnetworks"):
        yield "sourceSubnetworkIpRangesToNat is LIST_OF_SUBNETWORKS, which needs subnetworks."
    if not listed and given(properties, "subnetworks"):
        yield "subnetworks is set, which needs sourceSubnetworkIpRangesToNat to be LIST_OF_SUBNETWORKS."
    for where, one in values(properties, "subnetworks.*"):
        if not one.get("sourceIpRangesToNats"):
            yield f"{where}.sourceIpRangesToNats is empty; ALL_IP_RANGES is one."
        names = "LIST_OF_SECONDARY_IP_RANGES" in (one.get("sourceIpRangesToNats") or [])
        if names and not one.get("secondaryIpRangeNames"):
            yield f"{where} has LIST_OF_SECONDARY_IP_RANGES, which needs secondaryIpRangeNames."
        if one.get("secondaryIpRangeNames") and not names:
            yield f"{where}.secondaryIpRangeNames is set, which needs sourceIpRangesToNats LIST_OF_SECONDARY_IP_RANGES."


def _nat_alone(resource: Resource, cloud: Cloud) -> Iterator[str]:
    """A subnetwork's range has one public NAT; one for all subnetworks is alone in its network and region."""

    def network(nat: Resource) -> str | None:
        router = cloud.find((_ROUTER,), str(nat.get("router")), nat)
        found = cloud.find((NETWORK,), str(router.get("network")), router) if router is not None else None
        return found.id if found is not None else None

    def everything(nat: Resource) -> bool:
        return str(nat.get("sourceSubnetworkIpRangesToNat")).startswith("ALL_SUBNETWORKS")

    for other in cloud.all(_NAT, resource.project):
        near = other.get("region") == resource.get("region") and network(other) == network(resource)
        if other.id != resource.id and near and (everything(other) or everything(resource)):
            yield (
                f"{resource.get('name')} and {other.get('name')} translate the same subnetworks: with "
                "ALL_SUBNETWORKS_ALL_… there can be one NAT in a network and region."
            )


def _nat_ranges(resource: Resource, cloud: Cloud) -> Iterator[str]:
    for where, one in values(resource.inputs, "subnetworks.*"):
        subnetwork = cloud.find((SUBNETWORK,), str(one.get("name")), resource)
        there = {item.get("rangeName") for item in (subnetwork.get("secondaryIpRanges") if subnetwork else None) or []}
        for name in one.get("secondaryIpRangeNames") or []:
            if name not in there:
                yield f"{where}: the subnetwork {one.get('name')} has no secondary range {name!r}."


def _nat_external(resource: Resource, cloud: Cloud) -> Iterator[str]:
    for where, name in values(resource.inputs, "natIps.*"):
        address = cloud.find((ADDRESS,), str(name), resource)
        if address is not None and address.get("region") != resource.get("region"):
            yield f"{where} is an address in {address.get('region')}; one in {resource.get('region')} is required."
        if address is not None and address.get("addressType") == "INTERNAL":
            yield f"{where} is an internal address; an external one is required."


_NATS: Final = Kind(
    token=_NAT,
    id="{project}/{region}/{router}/{name}",
    api=_API,
    source=_DOCS + "routers",
    names=("name",),
    immutable=frozenset({"endpointTypes", "initialNatIps", "name", "project", "region", "router", "type"}),
    conflicts=(("initialNatIps", "natIps"), ("initialNatIps", "drainNatIps")),
    values={
        "name": re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])"),
        "sourceSubnetworkIpRangesToNat": words(
            "ALL_SUBNETWORKS_ALL_IP_RANGES ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES LIST_OF_SUBNETWORKS"
        ),
        "sourceSubnetworkIpRangesToNat64": words("ALL_IPV6_SUBNETWORKS LIST_OF_IPV6_SUBNETWORKS"),
        "natIpAllocateOption": words("MANUAL_ONLY AUTO_ONLY"),
        "autoNetworkTier": words("PREMIUM STANDARD"),
        "endpointTypes.*": words("ENDPOINT_TYPE_VM ENDPOINT_TYPE_SWG ENDPOINT_TYPE_MANAGED_PROXY_LB"),
        "logConfig.filter": words("ERRORS_ONLY TRANSLATIONS_ONLY ALL"),
        "subnetworks.*.sourceIpRangesToNats.*": words("ALL_IP_RANGES LIST_OF_SECONDARY_IP_RANGES PRIMARY_IP_RANGE"),
        "rules.*.ruleNumber": range(65001),
        "type": words("PUBLIC PRIVATE"),
        "minPortsPerVm": range(2, 65537),
        "deletionPolicy": DELETION_POLICY,
    },
    validations=settled(_nat_addresses, _nat_ports, _nat_subnetworks),
    references=(
        Reference(path="router", to=(_ROUTER,), inside=True),
        Reference(path="natIps.*", to=(ADDRESS,)),
        Reference(path="drainNatIps.*", to=(ADDRESS,)),
        Reference(path="subnetworks.*.name", to=(SUBNETWORK,)),
    ),
    rules=(_nat_alone, _nat_ranges, _nat_external),
    defaults={
        "icmpIdleTimeoutSec": 30,
        "tcpEstablishedIdleTimeoutSec": 1200,
        "tcpTimeWaitTimeoutSec": 120,
        "tcpTransitoryIdleTimeoutSec": 30,
        "udpIdleTimeoutSec": 30,
        "type": "PUBLIC",
    },
)

# Firewall rules


def _sources(properties: Properties) -> Iterator[str]:
    named = [path for path in ("sourceRanges", "sourceTags", "sourceServiceAccounts") if given(properties, path)]
    if known(properties, "direction") == "EGRESS":
        for path in named:
            yield f"{path} is set; a rule for EGRESS has destinationRanges."
    elif not named:
        yield "one of sourceTags, sourceRanges, or sourceServiceAccounts must be defined."


def _ports(properties: Properties) -> Iterator[str]:
    for path in ("allows.*", "denies.*"):
        for where, one in values(properties, path):
            if one.get("ports") and str(one.get("protocol")).lower() not in ("tcp", "udp", "sctp", "6", "17", "132"):
                yield f"{where}.ports is set; only tcp, udp and sctp have ports."


_PROTOCOL: Final = re.compile(r"(?i)all|tcp|udp|icmp|esp|ah|sctp|ipip|\d{1,3}")
_PORTS: Final = re.compile(r"\d{1,5}(-\d{1,5})?")

_FIREWALLS: Final = Kind(
    token="gcp:compute/firewall:Firewall",
    id="projects/{project}/global/firewalls/{name}",
    api=_API,
    source=_DOCS + "firewalls",
    immutable=frozenset({"direction", "name", "params", "project"}),
    one_of=(("allows", "denies"),),
    conflicts=(
        ("sourceServiceAccounts", "sourceTags"),
        ("sourceServiceAccounts", "targetTags"),
        ("targetServiceAccounts", "sourceTags"),
        ("targetServiceAccounts", "targetTags"),
    ),
    values={
        "name": COMPUTE_NAME,
        "direction": words("INGRESS EGRESS"),
        "priority": range(65536),
        "logConfig.metadata": words("EXCLUDE_ALL_METADATA INCLUDE_ALL_METADATA"),
        "allows.*.protocol": _PROTOCOL,
        "allows.*.ports.*": _PORTS,
        "denies.*.protocol": _PROTOCOL,
        "denies.*.ports.*": _PORTS,
        "sourceTags.*": COMPUTE_NAME,
        "targetTags.*": COMPUTE_NAME,
        "deletionPolicy": DELETION_POLICY,
    },
    validations=settled(_sources, _ports, ranges("sourceRanges.*"), ranges("destinationRanges.*")),
    defaults={"priority": 1000},
    references=(Reference(path="network", to=(NETWORK,)),),
    outputs=lambda resource, cloud: {
        **_link(resource, cloud),
        "direction": resource.get("direction") or "INGRESS",
    },
)

# Addresses


def _free(resource: Resource, *, everywhere: bool) -> str:
    """A public address of Google's, always the same one of one resource."""
    first = 34 if everywhere else 35
    digits = int(resource.number(9))
    return f"{first}.{digits % 200 + 20}.{digits // 200 % 250}.{digits // 50000 % 250 + 2}"


def _address(resource: Resource, cloud: Cloud) -> Properties:
    external = resource.get("addressType") != "INTERNAL"
    return {
        **_link(resource, cloud),
        "address": resource.get("address") or (_free(resource, everywhere=False) if external else "10.0.0.2"),
        "addressId": int(resource.number(15)),
        "networkTier": resource.get("networkTier") or ("PREMIUM" if external else ""),
        "labelFingerprint": resource.hexadecimal(11, "labels") + "=",
        "users": [],
    }


def _external(address: Resource) -> bool:
    return bool(address.get("addressType") != "INTERNAL")


_ADDRESSES: Final = Kind(
    token=ADDRESS,
    id="projects/{project}/regions/{region}/addresses/{name}",
    api=_API,
    source=_DOCS + "addresses",
    names=("selfLink", "name"),
    immutable=frozenset(
        {
            "address",
            "addressType",
            "description",
            "ipCollection",
            "ipVersion",
            "ipv6EndpointType",
            "name",
            "network",
            "networkTier",
            "prefixLength",
            "project",
            "purpose",
            "region",
            "subnetwork",
        }
    ),
    conflicts=(("network", "subnetwork"),),
    values={
        "name": COMPUTE_NAME,
        "addressType": words("INTERNAL EXTERNAL"),
        "ipVersion": words("IPV4 IPV6"),
        "ipv6EndpointType": words("VM NETLB"),
        "networkTier": words("PREMIUM STANDARD"),
        "purpose": words(
            "GCE_ENDPOINT SHARED_LOADBALANCER_VIP VPC_PEERING IPSEC_INTERCONNECT PRIVATE_SERVICE_CONNECT NAT_AUTO"
        ),
        "deletionPolicy": DELETION_POLICY,
    },
    validations=settled(
        labels(),
        only_with("subnetwork", "addressType", ("INTERNAL",)),
        only_with("network", "addressType", ("INTERNAL",)),
        only_with("networkTier", "addressType", ("EXTERNAL", None)),
    ),
    defaults={"addressType": "EXTERNAL"},
    references=(Reference(path="network", to=(NETWORK,)), Reference(path="subnetwork", to=(SUBNETWORK,))),
    rules=(place("region"), within_quota("STATIC_ADDRESSES", "region", _external)),
    outputs=_address,
)

_GLOBAL_ADDRESSES: Final = Kind(
    token=_GLOBAL_ADDRESS,
    id="projects/{project}/global/addresses/{name}",
    api=_API,
    source=_DOCS + "globalAddresses",
    names=("selfLink", "name"),
    immutable=frozenset(
        {
            "address",
            "addressType",
            "description",
            "ipVersion",
            "name",
            "network",
            "prefixLength",
            "project",
            "purpose",
        }
    ),
    values={
        "name": COMPUTE_NAME,
        "addressType": words("INTERNAL EXTERNAL"),
        "ipVersion": words("IPV4 IPV6"),
        "purpose": words("VPC_PEERING PRIVATE_SERVICE_CONNECT"),
        "prefixLength": range(8, 30),
        "deletionPolicy": DELETION_POLICY,
    },
    validations=settled(
        labels(),
        only_with("network", "addressType", ("INTERNAL",)),
        only_with("purpose", "addressType", ("INTERNAL",)),
        together("purpose", "VPC_PEERING", "prefixLength"),
        together("addressType", "INTERNAL", "purpose"),
    ),
    defaults={"addressType": "EXTERNAL"},
    references=(Reference(path="network", to=(NETWORK,)),),
    outputs=lambda resource, cloud: {
        **_link(resource, cloud),
        "address": resource.get("address") or _free(resource, everywhere=True),
        "labelFingerprint": resource.hexadecimal(11, "labels") + "=",
    },
)

KINDS: Final = (
    _NETWORKS,
    _SUBNETWORKS,
    _ROUTERS,
    _NATS,
    _FIREWALLS,
    _ADDRESSES,
    _GLOBAL_ADDRESSES,
)
