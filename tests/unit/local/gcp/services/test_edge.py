from typing import Any

import pytest

from tests.unit.local.gcp.services.emulated import Gcp, Made

ZONE = "gcp:dns/managedZone:ManagedZone"
RECORD = "gcp:dns/recordSet:RecordSet"
AUTHORIZATION = "gcp:certificatemanager/dnsAuthorization:DnsAuthorization"
CERTIFICATE = "gcp:certificatemanager/certificate:Certificate"
MAP = "gcp:certificatemanager/certificateMap:CertificateMap"
ENTRY = "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry"


@pytest.fixture
def zone(project: Gcp) -> Made:
    return project.make(ZONE, name="shop", dnsName="shop.example.com.")


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"dnsName": "shop.example.com"}, "dnsName"),
        ({"name": "Shop"}, "name"),
        ({"description": ""}, "description"),
        ({"visibility": "internal"}, "visibility"),
        ({"visibility": "private"}, "privateVisibilityConfig"),
        ({"dnssecConfig": {"state": "yes"}}, "state"),
    ],
)
def test_what_a_zone_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    assert said in gcp.wrong(ZONE, **{"name": "shop", "dnsName": "shop.example.com.", **inputs})


def test_a_zone_has_name_servers_and_stays_while_it_has_records(project: Gcp, zone: Made) -> None:
    assert len(zone.out("nameServers")) == 4
    project.make(RECORD, managedZone="shop", name="a.shop.example.com.", type="A", rrdatas=["203.0.113.7"])
    assert "containerNotEmpty" in project.kept(zone)
    project.delete(project.change(zone, forceDestroy=True))
    with project.store.transaction() as world:
        assert not world.all(RECORD)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"name": "a.shop.example.com"}, "name"),
        ({"type": "URL"}, "type"),
        ({"rrdatas": None}, "one of"),
        ({"rrdatas": ["2001:db8::1"]}, "IPv4"),
        ({"type": "AAAA"}, "IPv6"),
        ({"type": "CNAME", "rrdatas": ["example.com"]}, "dot at its end"),
        ({"type": "CNAME", "rrdatas": ["a.example.com.", "b.example.com."]}, "exactly one"),
        ({"type": "TXT", "rrdatas": ["v=spf1 -all"]}, "double quotes"),
        ({"type": "CAA", "rrdatas": ["pki.goog"]}, "CAA"),
        ({"ttl": -1}, "ttl"),
    ],
)
def test_what_a_record_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    given = {
        "managedZone": "shop",
        "name": "a.shop.example.com.",
        "type": "A",
        "ttl": 300,
        "rrdatas": ["203.0.113.7"],
        **inputs,
    }
    assert said in gcp.wrong(RECORD, **{name: value for name, value in given.items() if value is not None})


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"name": "a.example.com."}, "not in the zone"),
        ({"name": "shop.example.com.", "type": "CNAME", "rrdatas": ["b.example.com."]}, "cannot be at"),
        ({"name": "taken.shop.example.com.", "type": "CNAME", "rrdatas": ["b.example.com."]}, "beside another"),
        ({"managedZone": "none"}, "404"),
    ],
)
def test_where_a_record_cannot_be(project: Gcp, zone: Made, inputs: dict[str, Any], said: str) -> None:
    given = {"managedZone": "shop", "type": "A", "ttl": 300, "rrdatas": ["203.0.113.7"]}
    project.make(RECORD, name="taken.shop.example.com.", **given)
    assert said in project.refused(RECORD, **{**given, "name": "a.shop.example.com.", **inputs})


def test_a_network_has_one_dns_policy(project: Gcp) -> None:
    network = project.network()
    networks = [{"networkUrl": network.out("selfLink")}]
    project.make("gcp:dns/policy:Policy", name="one", networks=networks, enableLogging=True)
    assert "409" in project.refused("gcp:dns/policy:Policy", name="two", networks=networks)


def test_zones_are_found(project: Gcp, zone: Made) -> None:
    found = project.invoke("gcp:dns/getManagedZones:getManagedZones")["managedZones"]
    assert [one["dnsName"] for one in found] == ["shop.example.com."]
    assert found[0]["nameServers"] == zone.out("nameServers")


def test_an_authorization_says_which_record_proves_it(project: Gcp) -> None:
    made = project.make(AUTHORIZATION, name="shop", domain="shop.example.com")
    record = made.out("dnsResourceRecords")[0]
    assert record["name"] == "_acme-challenge.shop.example.com."
    assert record["data"].endswith(".authorize.certificatemanager.goog.")
    assert project.changes(made).changes == []
    assert "409" in project.refused(AUTHORIZATION, name="more", domain="shop.example.com")
    assert "domain" in project.wrong(AUTHORIZATION, name="shop", domain="*.shop.example.com")


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"managed": None}, "one of"),
        ({"managed": {"domains": ["*.shop.example.com"]}}, "a wildcard needs"),
        ({"managed": {"domains": ["shop.example.com."]}}, "domains"),
        ({"managed": {"domains": [f"a{n}.example.com" for n in range(101)]}}, "at most 100"),
        ({"scope": "EVERYWHERE"}, "scope"),
        ({"name": "Shop"}, "name"),
    ],
)
def test_what_a_certificate_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    given = {"name": "shop", "managed": {"domains": ["shop.example.com"]}, **inputs}
    assert said in gcp.wrong(CERTIFICATE, **{name: value for name, value in given.items() if value is not None})


def test_a_certificates_domains_are_authorized_and_what_is_used_stays(project: Gcp) -> None:
    authorization = project.make(AUTHORIZATION, name="shop", domain="shop.example.com")
    wrong = {"domains": ["other.example.com"], "dnsAuthorizations": [authorization.id]}
    assert "none of managed.dnsAuthorizations" in project.refused(CERTIFICATE, name="shop", managed=wrong)
    missing = {"domains": ["shop.example.com"], "dnsAuthorizations": [authorization.id + "x"]}
    assert "404" in project.refused(CERTIFICATE, name="shop", managed=missing)
    managed = {"domains": ["*.shop.example.com"], "dnsAuthorizations": [authorization.id]}
    certificate = project.make(CERTIFICATE, name="shop", managed=managed)
    assert project.changes(certificate, managed={**managed, "domains": ["shop.example.com"]}).replaces == ["managed"]
    map_ = project.make(MAP, name="shop")
    entry = {"map": "shop", "hostname": "a.shop.example.com", "certificates": [certificate.id]}
    made = project.make(ENTRY, name="shop", **entry)
    assert "409" in project.refused(ENTRY, name="again", **entry)
    for held in (authorization, certificate, map_):
        assert "already being used" in project.kept(held)
    for one in (made, map_, certificate, authorization):
        project.delete(one)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"matcher": "PRIMARY"}, "only one of"),
        ({"hostname": None}, "one of"),
        ({"hostname": None, "matcher": "SECOND"}, "matcher"),
        ({"hostname": "shop.example.com/"}, "hostname"),
        ({"certificates": ["a", "b", "c", "d", "e"]}, "at most 4"),
        ({"certificates": []}, "certificates is empty"),
    ],
)
def test_what_an_entry_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    given = {"name": "shop", "map": "shop", "hostname": "shop.example.com", "certificates": ["c"], **inputs}
    assert said in gcp.wrong(ENTRY, **{name: value for name, value in given.items() if value is not None})
