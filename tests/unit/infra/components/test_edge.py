"""The edge on GCP: an address, a name, a certificate issued before any traffic, and rules in the right order."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from infra.components import edge
from infra.components.edge import Edge, EdgeArgs
from tests.unit.infra.gcp_parts import NAMES, gcp_settings, make_project
from tests.unit.infra.recorder import Recording, run


def recorded(stack: str = "prod", **changes: Mapping[str, Any] | bool) -> tuple[Recording, dict[str, Any]]:
    outputs: dict[str, Any] = {}

    def program() -> None:
        settings = gcp_settings(stack, **changes)
        project = make_project(settings, edge.APIS)
        made = Edge(
            "edge",
            EdgeArgs(
                names=NAMES,
                settings=settings.edge,
                project=project.id,
                apis=project.apis,
                protect=settings.protect,
            ),
        )
        told = {name: getattr(made, name) for name in ("address_name", "certificate_map", "security_policy")}
        pulumi.Output.from_input(told | {"name_servers": made.name_servers}).apply(outputs.update)

    return run(program), outputs


@pytest.fixture(scope="module")
def prod() -> tuple[Recording, dict[str, Any]]:
    return recorded()


@pytest.fixture(scope="module")
def recording(prod: tuple[Recording, dict[str, Any]]) -> Recording:
    return prod[0]


def rules_of(recording: Recording) -> list[dict[str, Any]]:
    rules = recording.inputs("SecurityPolicy", "edge-protection")["rules"]
    return sorted(rules, key=lambda rule: int(rule["priority"]))


def test_each_first_resource_waits_for_its_api(recording: Recording) -> None:
    for kind, name, api in (
        ("GlobalAddress", "edge-address", "compute"),
        ("SecurityPolicy", "edge-protection", "compute"),
        ("SSLPolicy", "edge-tls", "compute"),
        ("ManagedZone", "edge-zone", "dns"),
        ("DnsAuthorization", "edge-authorization", "certificatemanager"),
        ("CertificateMap", "edge-certificates", "certificatemanager"),
    ):
        assert f"Service project-{api}" in recording.depends_on(kind, name), name


def test_the_domain_leads_to_the_address(recording: Recording) -> None:
    record = recording.inputs("RecordSet", "edge-record")
    assert (record["name"], record["type"]) == ("shop.example.com.", "A")
    assert recording.depends_on("RecordSet", "edge-record") >= {"GlobalAddress edge-address", "ManagedZone edge-zone"}


def test_the_zone_is_signed_and_goes_with_its_records_only_unprotected(recording: Recording) -> None:
    zone = recording.inputs("ManagedZone", "edge-zone")
    assert zone["dnsName"] == "shop.example.com."
    assert zone["visibility"] == "public"
    assert zone["dnssecConfig"]["state"] == "on"
    assert zone["forceDestroy"] is False
    unprotected, _ = recorded(protect=False)
    assert unprotected.inputs("ManagedZone", "edge-zone")["forceDestroy"] is True


def test_a_zone_above_the_domain_holds_its_records() -> None:
    recording, _ = recorded(edge={"zone": "example.com"})
    assert recording.inputs("ManagedZone", "edge-zone")["dnsName"] == "example.com."
    assert recording.inputs("RecordSet", "edge-record")["name"] == "shop.example.com."


class TestAZoneThatIsThere:
    """`createZone: false` takes the project's public zone for the domain."""

    @staticmethod
    def zone(dns_name: str = "shop.example.com.", visibility: str = "public") -> SimpleNamespace:
        return SimpleNamespace(
            name="theirs", dns_name=dns_name, visibility=visibility, name_servers=["ns1.example.com."]
        )

    def test_its_records_are_ours_and_it_is_not(self) -> None:
        recording, _ = recorded(edge={"createZone": False})
        assert not [line for line in recording.inventory() if "ManagedZone" in line]
        assert recording.inputs("RecordSet", "edge-record")["managedZone"] == "a-zone"

    def test_it_is_the_public_one_of_that_domain(self) -> None:
        zones = [self.zone("example.com."), self.zone(visibility="private"), self.zone()]
        assert edge._public(zones, "shop.example.com.") is zones[2]

    @pytest.mark.parametrize("count", [0, 2])
    def test_none_or_several_are_one_clear_error(self, count: int) -> None:
        with pytest.raises(pulumi.RunError, match=rf"createZone is false and the project has {count} zones for shop\."):
            edge._public([self.zone()] * count, "shop.example.com.")


def test_the_certificate_is_authorized_by_dns_before_it_is_asked_for(recording: Recording) -> None:
    managed = recording.inputs("Certificate", "edge-certificate")["managed"]
    assert managed["domains"] == ["shop.example.com"]
    assert len(managed["dnsAuthorizations"]) == 1
    assert recording.inputs("RecordSet", "edge-authorization-record")["type"] == "CNAME"
    assert recording.depends_on("Certificate", "edge-certificate") >= {
        "DnsAuthorization edge-authorization",
        "RecordSet edge-authorization-record",
    }
    entry = recording.inputs("CertificateMapEntry", "edge-certificate-entry")
    assert entry["hostname"] == "shop.example.com"


def test_another_domain_is_made_beside_the_old_one(recording: Recording) -> None:
    """The API refuses two resources of one name, and to delete a certificate that is in use."""
    other, _ = recorded(edge={"domain": "store.example.com"})
    for kind, name in (
        ("ManagedZone", "edge-zone"),
        ("RecordSet", "edge-record"),
        ("DnsAuthorization", "edge-authorization"),
        ("Certificate", "edge-certificate"),
        ("CertificateMapEntry", "edge-certificate-entry"),
    ):
        assert other.inputs(kind, name)["name"] != recording.inputs(kind, name)["name"], name
        request = other.request(kind, name)
        assert (request.deleteBeforeReplaceDefined, request.deleteBeforeReplace) == (True, False), name
    for kind, name in (("GlobalAddress", "edge-address"), ("CertificateMap", "edge-certificates")):
        assert other.inputs(kind, name) == recording.inputs(kind, name)


def test_priorities_are_unique_and_the_last_rule_is_the_one_every_policy_needs(recording: Recording) -> None:
    rules = rules_of(recording)
    assert len({rule["priority"] for rule in rules}) == len(rules)
    assert rules[-1]["priority"] == 2_147_483_647
    assert rules[-1]["action"] == "allow"
    assert rules[-1]["match"] == {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}}
    assert all(len(rule["description"]) <= 64 for rule in rules)


def test_attacks_are_refused_before_the_rate_lets_a_request_through(recording: Recording) -> None:
    rules = rules_of(recording)
    [rate] = [rule for rule in rules if rule["action"] == "throttle"]
    attacks = [rule for rule in rules if rule["action"] == "deny(403)"]
    assert attacks
    assert all(rule["priority"] < rate["priority"] for rule in attacks)
    assert (
        attacks[0]["match"]["expr"]["expression"] == "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})"
    )
    # Quota of rules with an expression in a project's first policies.
    assert len(attacks) <= 20


def test_methods_the_shop_uses_are_let_through(recording: Recording) -> None:
    expressions = [rule["match"].get("expr", {}).get("expression", "") for rule in rules_of(recording)]
    assert not [expression for expression in expressions if "methodenforcement" in expression]


def test_the_rate_is_a_setting_per_client_and_minute() -> None:
    recording, _ = recorded(edge={"requestsPerMinute": 120})
    [rate] = [rule for rule in rules_of(recording) if rule["action"] == "throttle"]
    assert rate["rateLimitOptions"] == {
        "conformAction": "allow",
        "exceedAction": "deny(429)",
        "enforceOnKey": "IP",
        "rateLimitThreshold": {"count": 120, "intervalSec": 60},
    }


@pytest.mark.parametrize(("mode", "previews"), [("enforce", {False}), ("audit", {True}), ("off", set())])
def test_rules_against_attacks_can_be_tried_or_left_out(mode: str, previews: set[bool]) -> None:
    recording, _ = recorded(edge={"waf": mode})
    rules = rules_of(recording)
    assert {rule["preview"] for rule in rules if rule["action"] == "deny(403)"} == previews
    assert {rule["preview"] for rule in rules if rule["action"] != "deny(403)"} == {False}


def test_without_cloud_armor_there_is_no_policy() -> None:
    """As in `dev`: a billing account on trial has no quota for it."""
    recording, outputs = recorded("dev")
    assert not [line for line in recording.inventory() if "SecurityPolicy" in line]
    assert outputs["security_policy"] is None


def test_tls_is_new_enough(recording: Recording) -> None:
    policy = recording.inputs("SSLPolicy", "edge-tls")
    assert (policy["profile"], policy["minTlsVersion"]) == ("RESTRICTED", "TLS_1_2")


def test_outputs_are_the_names_the_gateway_asks_for(prod: tuple[Recording, dict[str, Any]]) -> None:
    recording, outputs = prod
    assert outputs["address_name"] == recording.inputs("GlobalAddress", "edge-address")["name"]
    assert outputs["certificate_map"] == recording.inputs("CertificateMap", "edge-certificates")["name"]
    assert outputs["security_policy"] == recording.inputs("SecurityPolicy", "edge-protection")["name"]
    assert outputs["name_servers"]
