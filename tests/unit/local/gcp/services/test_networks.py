from typing import Any

import pytest

from tests.unit.local.gcp.services.emulated import PROJECT, REGION, Gcp

NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
ROUTER = "gcp:compute/router:Router"
NAT = "gcp:compute/routerNat:RouterNat"
FIREWALL = "gcp:compute/firewall:Firewall"
ADDRESS = "gcp:compute/address:Address"
GLOBAL_ADDRESS = "gcp:compute/globalAddress:GlobalAddress"
ARMOR = "gcp:compute/securityPolicy:SecurityPolicy"
ALL = {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}}
LAST = {"action": "allow", "priority": 2147483647, "match": ALL}


@pytest.mark.parametrize("name", ["Network", "1net", "net-", "n" * 64, "net_work"])
def test_what_a_network_cannot_be_called(gcp: Gcp, name: str) -> None:
    assert "name" in gcp.wrong(NETWORK, name=name)


def test_a_network_needs_its_api(gcp: Gcp) -> None:
    gcp.make("gcp:organizations/project:Project", projectId=PROJECT, name="Shop")
    assert "compute.googleapis.com" in gcp.refused(NETWORK, name="net")


def test_a_network_with_something_in_it_stays(project: Gcp) -> None:
    network = project.network()
    subnetwork = project.subnetwork(network)
    assert "already being used" in project.kept(network)
    project.delete(subnetwork)
    firewall = project.make(
        FIREWALL, name="deny", network=network.id, denies=[{"protocol": "all"}], sourceRanges=["0.0.0.0/0"]
    )
    assert "already being used" in project.kept(network)
    project.delete(firewall)
    project.delete(network)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"ipCidrRange": "10.0.0.1/20"}, "no IP range"),
        ({"ipCidrRange": "10.0.0.0/30"}, "/29"),
        ({"logConfig": {"flowSampling": 1.5}}, "flowSampling"),
        ({"logConfig": {}}, "at least one of"),
        ({"logConfig": {"metadataFields": ["a"]}}, "CUSTOM_METADATA"),
        ({"secondaryIpRanges": [{"rangeName": "Pods", "ipCidrRange": "10.4.0.0/14"}]}, "rangeName"),
        ({"secondaryIpRanges": [{"rangeName": "a", "ipCidrRange": f"10.{n}.0.0/24"} for n in (1, 2)]}, "has to differ"),
        ({"purpose": "REGIONAL_MANAGED_PROXY"}, "role"),
        (
            {"purpose": "REGIONAL_MANAGED_PROXY", "role": "ACTIVE", "privateIpGoogleAccess": True},
            "a subnetwork for proxies",
        ),
    ],
)
def test_what_a_subnetwork_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    assert said in gcp.wrong(SUBNETWORK, **{"name": "nodes", "network": "net", "ipCidrRange": "10.0.0.0/20", **inputs})


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"ipCidrRange": "10.4.128.0/20"}, "conflicts with existing subnetwork"),
        ({"secondaryIpRanges": [{"rangeName": "pods", "ipCidrRange": "10.0.8.0/24"}]}, "conflicts with existing"),
        ({"secondaryIpRanges": [{"rangeName": "pods", "ipCidrRange": "10.200.0.0/22"}]}, "conflicts with its range"),
        ({"ipCidrRange": "169.254.0.0/24"}, "reserved"),
        ({"region": "europe-west99"}, "europe-west99"),
        ({"network": "none"}, "404"),
    ],
)
def test_where_a_subnetwork_cannot_be(project: Gcp, inputs: dict[str, Any], said: str) -> None:
    network = project.network()
    project.subnetwork(network)
    given = {"name": "more", "network": network.id, "ipCidrRange": "10.200.0.0/20", **inputs}
    assert said in project.refused(SUBNETWORK, **given)


@pytest.mark.parametrize(
    ("changed", "replaces"),
    [
        ({"ipCidrRange": "10.0.0.0/18"}, []),
        ({"ipCidrRange": "10.0.0.0/21"}, ["ipCidrRange"]),
        ({"privateIpGoogleAccess": False}, []),
        ({"name": "other"}, ["name"]),
    ],
)
def test_a_subnetwork_grows_but_does_not_shrink(project: Gcp, changed: dict[str, Any], replaces: list[str]) -> None:
    assert project.changes(project.subnetwork(project.network()), **changed).replaces == replaces


def test_a_range_in_use_stays(project: Gcp) -> None:
    network = project.network()
    subnetwork = project.subnetwork(network)
    project.cluster(network, subnetwork)
    with pytest.raises(Exception, match="already being used"):
        project.change(subnetwork, secondaryIpRanges=[{"rangeName": "services", "ipCidrRange": "10.1.0.0/20"}])


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"natIpAllocateOption": "MANUAL_ONLY"}, "needs natIps"),
        ({"natIps": ["a"]}, "MANUAL_ONLY"),
        ({"sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS"}, "needs subnetworks"),
        ({"subnetworks": [{"name": "n", "sourceIpRangesToNats": ["ALL_IP_RANGES"]}]}, "LIST_OF_SUBNETWORKS"),
        ({"maxPortsPerVm": 1024}, "enableDynamicPortAllocation"),
        ({"enableDynamicPortAllocation": True, "minPortsPerVm": 100}, "power of two"),
        (
            {"enableDynamicPortAllocation": True, "enableEndpointIndependentMapping": True},
            "enableEndpointIndependentMapping to be false",
        ),
        ({"logConfig": {"enable": True, "filter": "SOME"}}, "filter"),
        ({"name": "n"}, "name"),
    ],
)
def test_what_a_nat_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    nat = {
        "name": "nat",
        "router": "router",
        "natIpAllocateOption": "AUTO_ONLY",
        "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES",
        **inputs,
    }
    assert said in gcp.wrong(NAT, **nat)


def test_a_nat_has_its_network_to_itself_and_holds_its_addresses(project: Gcp) -> None:
    router = project.make(ROUTER, name="router", network=project.network().id)
    address = project.make(ADDRESS, name="egress")
    everything = {"router": "router", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}
    nat = project.make(
        NAT, name="nat", natIpAllocateOption="MANUAL_ONLY", natIps=[address.out("selfLink")], **everything
    )
    assert "the same subnetworks" in project.refused(NAT, name="more", natIpAllocateOption="AUTO_ONLY", **everything)
    assert "already being used" in project.kept(address)
    project.delete(nat)
    project.delete(address)
    project.delete(router)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"bgp": {"asn": 65000, "advertisedGroups": ["ALL_SUBNETS"]}}, "advertiseMode"),
        ({"bgp": {"asn": 100}}, "asn"),
        ({"network": None}, "one of"),
    ],
)
def test_what_a_router_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    given = {"name": "router", "network": "net", **inputs}
    assert said in gcp.wrong(ROUTER, **{name: value for name, value in given.items() if value is not None})


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({}, "sourceRanges"),
        ({"sourceRanges": ["10.0.0.0/8"], "denies": [{"protocol": "all"}]}, "allows,denies"),
        ({"direction": "EGRESS", "sourceRanges": ["10.0.0.0/8"]}, "EGRESS"),
        ({"sourceRanges": ["10.0.0.1/8"]}, "no IP range"),
        ({"sourceRanges": ["10.0.0.0/8"], "priority": 65536}, "priority"),
        ({"sourceTags": ["a"], "targetServiceAccounts": ["b"]}, "only one of"),
        ({"sourceRanges": ["10.0.0.0/8"], "allows": [{"protocol": "icmp", "ports": ["80"]}]}, "have ports"),
        ({"sourceRanges": ["10.0.0.0/8"], "allows": [{"protocol": "tcp", "ports": ["http"]}]}, "ports"),
        ({"sourceRanges": ["10.0.0.0/8"], "logConfig": {"metadata": "ALL"}}, "metadata"),
    ],
)
def test_what_a_firewall_rule_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    rule = {"name": "rule", "network": "net", "allows": [{"protocol": "tcp", "ports": ["80-90"]}], **inputs}
    assert said in gcp.wrong(FIREWALL, **rule)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"addressType": "EXTERNAL", "subnetwork": "s"}, "INTERNAL"),
        ({"addressType": "INTERNAL", "networkTier": "PREMIUM"}, "EXTERNAL"),
        ({"network": "n", "subnetwork": "s"}, "only one of"),
        ({"name": "a_b"}, "name"),
    ],
)
def test_what_an_address_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    assert said in gcp.wrong(ADDRESS, **{"name": "address", **inputs})


def test_addresses_have_a_quota(project: Gcp) -> None:
    with project.store.transaction() as world:
        world.set_quota(PROJECT, REGION, "STATIC_ADDRESSES", 1)
    first = project.make(ADDRESS, name="one")
    assert first.out("address").count(".") == 3
    assert "STATIC_ADDRESSES" in project.refused(ADDRESS, name="two")


def test_networks_and_security_policies_have_one_too(project: Gcp) -> None:
    with project.store.transaction() as world:
        # An account on trial has none of these.
        world.set_quota(PROJECT, "global", "SECURITY_POLICIES", 0)
        world.set_quota(PROJECT, "global", "NETWORKS", 1)
    assert "SECURITY_POLICIES" in project.refused(ARMOR, name="armor")
    project.network()
    assert "NETWORKS" in project.refused(NETWORK, name="more")


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"purpose": "VPC_PEERING"}, "prefixLength"),
        ({"addressType": "INTERNAL"}, "purpose"),
        ({"network": "n"}, "INTERNAL"),
    ],
)
def test_what_a_global_address_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    assert said in gcp.wrong(GLOBAL_ADDRESS, **{"name": "address", **inputs})


LIMIT = {
    "conformAction": "allow",
    "exceedAction": "deny(429)",
    "rateLimitThreshold": {"count": 100, "intervalSec": 60},
}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"priority": 2147483647}, "has to differ"),
        ({"action": "block"}, "action"),
        ({"action": "deny(401)"}, "action"),
        ({"action": "throttle"}, "needs rateLimitOptions"),
        ({"rateLimitOptions": LIMIT}, "needs action throttle"),
        ({"action": "rate_based_ban", "rateLimitOptions": LIMIT}, "banDurationSec"),
        (
            {
                "action": "throttle",
                "rateLimitOptions": {**LIMIT, "rateLimitThreshold": {"count": 1, "intervalSec": 50}},
            },
            "intervalSec",
        ),
        ({"action": "throttle", "rateLimitOptions": {**LIMIT, "exceedAction": "deny(401)"}}, "exceedAction"),
        ({"action": "throttle", "rateLimitOptions": {**LIMIT, "enforceOnKey": "ADDRESS"}}, "enforceOnKey"),
        ({"action": "redirect"}, "redirectOptions"),
        ({"match": {"config": {"srcIpRanges": ["*"]}}}, "versionedExpr"),
        ({"match": {"expr": {"expression": "evaluatePreconfiguredWaf('sql-v33-stable')"}}}, "which there is not"),
        ({"match": {"expr": {"expression": "true"}, **ALL}}, "exactly one of"),
        (
            {
                "match": {
                    "versionedExpr": "SRC_IPS_V1",
                    "config": {"srcIpRanges": [f"10.0.{n}.0/24" for n in range(11)]},
                }
            },
            "at most 10",
        ),
    ],
)
def test_what_a_rule_of_a_security_policy_cannot_be(gcp: Gcp, rule: dict[str, Any], said: str) -> None:
    given = {"action": "allow", "priority": 1000, "match": ALL, **rule}
    assert said in gcp.wrong(ARMOR, name="armor", rules=[LAST, given])


def test_a_security_policy_ends_with_a_rule_for_all(project: Gcp) -> None:
    rule = {"action": "allow", "priority": 1000, "match": ALL}
    assert "default rule is missing" in project.refused(ARMOR, name="armor", rules=[rule])
    made = project.make(ARMOR, name="armor")
    assert made.out("rules")[0]["priority"] == 2147483647
    assert project.changes(made).changes == []


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"profile": "CUSTOM"}, "customFeatures"),
        ({"customFeatures": ["a"]}, "CUSTOM"),
        ({"minTlsVersion": "TLS_1_3", "profile": "MODERN"}, "RESTRICTED"),
        ({"minTlsVersion": "1.2"}, "minTlsVersion"),
    ],
)
def test_what_a_tls_policy_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    assert said in gcp.wrong("gcp:compute/sSLPolicy:SSLPolicy", **{"name": "tls", **inputs})
