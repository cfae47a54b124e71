"""The network and the edge: each rule, passing, failing, unknown and unrelated."""

from typing import Final

import pytest

from policies.capture import UNKNOWN
from policies.model import Status
from policies.rules._networks import is_of_everybody, is_private
from policies.rules.network import (
    armor_adaptive,
    armor_attacks,
    armor_rate,
    dnssec,
    edge_ports,
    firewall_all_ports,
    firewall_database,
    firewall_everybody,
    flow_logs,
    load_balancers,
    managed_certificates,
    names_logged,
    nat_logs,
    own_subnets,
    private_google_access,
    rest_refused,
    tls_versions,
)
from policies.rules.network._openings import FIREWALL, FIREWALLS, NETWORK
from tests.unit.policies.rules.cases import GONE, Change, added, changed, findings_of, four_cases, made, without

HEALTH: Final = made(
    FIREWALL, sourceRanges=["192.0.2.0/24", "10.0.0.0/8"], allows=[{"protocol": "tcp", "ports": ["8080"]}]
)
MODERN: Final = made(
    FIREWALLS[2],
    action="allow",
    direction="INGRESS",
    match={"srcIpRanges": ["10.0.0.0/8"], "layer4Configs": [{"ipProtocol": "tcp", "ports": ["443"]}]},
)
IDLE: Final[list[Change]] = [{"disabled": True}, {"direction": "EGRESS"}, {"allows": GONE}]
SUBNET: Final = "prod gcp:compute/subnetwork:Subnetwork network-nodes"
ARMOR: Final = "prod gcp:compute/securityPolicy:SecurityPolicy edge-protection"
ADAPTIVE: Final = "adaptiveProtectionConfig.layer7DdosDefenseConfig.enable"
RATE: Final = 8
"""Which of the rules limits requests."""
FORWARDING: Final = "gcp:compute/forwardingRule:ForwardingRule"
GATEWAY: Final = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
POLICY: Final = "gcp:dns/policy:Policy"
CERTIFICATE: Final = "gcp:certificatemanager/certificate:Certificate"


@pytest.mark.parametrize("text", ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/2", "everywhere", ""])
def test_networks_of_everybody(text: str) -> None:
    assert is_of_everybody(text)
    assert not is_private(text)


@pytest.mark.parametrize(
    ("text", "private"), [("10.0.0.0/8", True), ("192.0.2.1", True), ("8.8.8.0/24", False), ("fd00::/8", True)]
)
def test_networks_of_somebody(text: str, private: bool) -> None:  # noqa: FBT001 - a table
    assert not is_of_everybody(text)
    assert is_private(text) is private


test_firewall_all_ports = four_cases(
    firewall_all_ports.RULE,
    HEALTH,
    passing=[{"allows": [{"protocol": "icmp"}]}],
    failing=[
        {"allows[0].ports": GONE},
        {"allows[0].ports": []},
        {"allows": [{"protocol": "all"}]},
        {"allows": [{"protocol": "6"}], "sourceRanges": GONE, "sourceTags": ["a"]},
    ],
    unknown=["allows[0].ports", "allows[0].protocol", "disabled", "direction"],
    not_applicable=IDLE,
)
test_firewall_database = four_cases(
    firewall_database.RULE,
    HEALTH,
    passing=[
        {"allows[0].ports": ["27017"], "sourceRanges": ["10.0.0.0/8"]},
        {"allows[0].ports": ["27017"], "sourceRanges": GONE, "sourceTags": ["shop"]},
    ],
    failing=[
        {"allows[0].ports": ["27017"], "sourceRanges": ["0.0.0.0/0"]},
        {"allows[0].ports": ["443", "27000-28000"], "sourceRanges": ["8.8.8.0/24"]},
        {"allows[0].ports": ["27019"], "sourceRanges": GONE},
        {"allows[0].ports": ["1-65535"], "sourceRanges": ["10.0.0.0/8", "::/0"]},
    ],
    unknown=["allows[0].ports", {"allows[0].ports": ["27017"], "sourceRanges": UNKNOWN}],
    not_applicable=IDLE,
)
test_firewall_everybody = four_cases(
    firewall_everybody.RULE,
    HEALTH,
    passing=[
        {"allows[0].ports": ["27017"], "sourceRanges": ["0.0.0.0/0"]},
        {"sourceRanges": GONE, "sourceServiceAccounts": ["a"]},
    ],
    failing=[{"sourceRanges": ["::/0"]}, {"sourceRanges": GONE}, {"sourceRanges[1]": "0.0.0.0/0"}],
    unknown=["sourceRanges[0]", "allows[0].ports"],
    not_applicable=IDLE,
)
test_firewall_policies_are_judged_too = four_cases(
    firewall_everybody.RULE,
    MODERN,
    passing=[{"match.srcIpRanges": GONE, "match.srcSecureTags": [{"name": "tagValues/1"}]}],
    failing=[
        {"match.srcIpRanges": ["0.0.0.0/0"]},
        {"match.srcIpRanges": GONE},
        {"match.srcIpRanges": GONE, "match.srcRegionCodes": ["ES"]},
    ],
    unknown=["match.srcIpRanges", "action"],
    not_applicable=[{"action": "deny"}, {"action": "goto_next"}],
)
test_rest_refused = four_cases(
    rest_refused.RULE,
    "prod",
    failing=[
        without(FIREWALL),
        changed(FIREWALL, {"disabled": True}),
        changed(FIREWALL, {"logConfig": GONE}),
        changed(FIREWALL, {"sourceRanges": ["10.0.0.0/8"]}),
        changed(FIREWALL, {"denies": [{"protocol": "tcp"}]}),
        added(made(NETWORK, "second")),
    ],
    unknown=[changed(FIREWALL, {"sourceRanges": UNKNOWN}), changed(FIREWALL, {"denies": UNKNOWN})],
)
test_names_logged = four_cases(
    names_logged.RULE,
    "prod",
    failing=[without(POLICY), changed(POLICY, {"enableLogging": False}), added(made(NETWORK, "second"))],
    unknown=[changed(POLICY, {"enableLogging": UNKNOWN})],
)
test_own_subnets = four_cases(
    own_subnets.RULE,
    f"prod {NETWORK} network",
    failing=[{"autoCreateSubnetworks": True}, {"autoCreateSubnetworks": GONE}],
    unknown=["autoCreateSubnetworks"],
)
test_flow_logs = four_cases(
    flow_logs.RULE,
    SUBNET,
    failing=[{"logConfig": GONE}, {"logConfig.flowSampling": 0}, {"logConfig.filterExpr": "false"}],
    unknown=["logConfig.flowSampling", "purpose"],
    not_applicable=[{"purpose": "REGIONAL_MANAGED_PROXY"}],
)
test_private_google_access = four_cases(
    private_google_access.RULE,
    SUBNET,
    failing=[{"privateIpGoogleAccess": False}, {"privateIpGoogleAccess": GONE}],
    unknown=["privateIpGoogleAccess"],
    not_applicable=[{"purpose": "PRIVATE_SERVICE_CONNECT"}],
)
test_nat_logs = four_cases(
    nat_logs.RULE,
    "prod gcp:compute/routerNat:RouterNat network-nat",
    failing=[{"logConfig": GONE}, {"logConfig.enable": False}],
    unknown=["logConfig.enable"],
)
test_load_balancers = four_cases(
    load_balancers.RULE,
    made(FORWARDING, loadBalancingScheme="INTERNAL_MANAGED"),
    failing=[
        {"loadBalancingScheme": GONE},
        {"loadBalancingScheme": "EXTERNAL_MANAGED"},
        lambda _: made("gcp:compute/globalForwardingRule:GlobalForwardingRule"),
    ],
    unknown=["loadBalancingScheme"],
)
test_edge_ports = four_cases(
    edge_ports.RULE,
    f"prod {GATEWAY} gateway",
    failing=[{"spec.listeners[0].port": 27017}, {"spec.listeners[1].port": 8080}],
    unknown=["spec.listeners[0].port", "spec.gatewayClassName", "spec.listeners"],
    not_applicable=[{"spec.gatewayClassName": "envoy"}],
)
test_dnssec = four_cases(
    dnssec.RULE,
    "prod gcp:dns/managedZone:ManagedZone edge-zone",
    passing=[{"dnssecConfig.defaultKeySpecs": [{"algorithm": "ecdsap256sha256"}]}],
    failing=[
        {"dnssecConfig": GONE},
        {"dnssecConfig.state": "off"},
        {"dnssecConfig.defaultKeySpecs": [{"algorithm": "rsasha1"}]},
    ],
    unknown=["dnssecConfig.state", "visibility"],
    not_applicable=[{"visibility": "private"}],
)
test_tls_versions = four_cases(
    tls_versions.RULE,
    "prod gcp:compute/sSLPolicy:SSLPolicy edge-tls",
    passing=[{"profile": "MODERN", "minTlsVersion": "TLS_1_3"}],
    failing=[{"minTlsVersion": "TLS_1_0"}, {"minTlsVersion": GONE}, {"profile": "COMPATIBLE"}, {"profile": GONE}],
    unknown=["minTlsVersion", "profile"],
)
test_managed_certificates = four_cases(
    managed_certificates.RULE,
    f"prod {CERTIFICATE} edge-certificate",
    failing=[
        {"managed": GONE, "selfManaged": {"pemCertificate": "..."}},
        {"managed.domains": []},
        lambda _: made("gcp:compute/sSLCertificate:SSLCertificate", certificate="..."),
    ],
    unknown=["managed.domains"],
)
test_armor_attacks = four_cases(
    armor_attacks.RULE,
    ARMOR,
    failing=[
        {"rules[0].preview": True},
        {"rules[1].action": "allow"},
        {"rules[0].match.expr.expression": "evaluatePreconfiguredWaf('lfi-v33-stable', {'sensitivity': 1})"},
        {"rules": []},
    ],
    unknown=["rules", "rules[1].preview", "type"],
    not_applicable=[{"type": "CLOUD_ARMOR_EDGE"}],
)
test_armor_rate = four_cases(
    armor_rate.RULE,
    ARMOR,
    passing=[{f"rules[{RATE}].action": "rate_based_ban"}],
    failing=[{f"rules[{RATE}].preview": True}, {f"rules[{RATE}].action": "allow"}, {"rules": GONE}],
    unknown=[f"rules[{RATE}].action"],
    not_applicable=[{"type": "CLOUD_ARMOR_NETWORK"}],
)
test_armor_adaptive = four_cases(
    armor_adaptive.RULE,
    ARMOR,
    failing=[{ADAPTIVE: False}, {"adaptiveProtectionConfig": GONE}],
    unknown=[ADAPTIVE],
    not_applicable=[{"type": "CLOUD_ARMOR_EDGE"}],
)


def test_one_opening_is_one_rules_business() -> None:
    rules = (firewall_all_ports.RULE, firewall_database.RULE, firewall_everybody.RULE)
    for ports in (["27017"], ["443"], []):
        opening = made(FIREWALL, allows=[{"protocol": "tcp", "ports": ports}])
        found = [finding.status for rule in rules for finding in findings_of(rule, opening)]
        assert found.count(Status.VIOLATED) == 1
