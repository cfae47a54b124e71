import datetime
import json
from base64 import b64decode
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local.cluster.network import Network
from local.cluster.pki import AUTHORITIES, LEAF_DAYS, RENEW_DAYS, Pki, leaves, write_private

NETWORK = Network(IPv4Network("10.77.0.0/16"))
NOW = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    pki = Pki(tmp_path / "pki", NETWORK, now=NOW)
    assert pki.ensure() is True
    return pki


def later(pki: Pki, days: float) -> Pki:
    return Pki(pki.certificate("ca").parent, NETWORK, now=NOW + datetime.timedelta(days=days))


def load(pki: Pki, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pki.certificate(name).read_bytes())


def test_only_the_owner_may_read_anything(pki: Pki) -> None:
    directory = pki.certificate("ca").parent
    assert directory.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in directory.iterdir()} == {0o600}


def test_every_certificate_is_signed_by_its_authority_and_is_none_itself(pki: Pki) -> None:
    for leaf in leaves(NETWORK):
        certificate = load(pki, leaf.name)
        certificate.verify_directly_issued_by(load(pki, leaf.authority))
        assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False


def test_the_three_authorities_trust_each_other_in_nothing(pki: Pki) -> None:
    """A client of the API server must not be able to write to etcd, nor to pose as the aggregator."""
    subjects = {load(pki, name).subject.rfc4514_string() for name in AUTHORITIES}
    assert len(subjects) == len(AUTHORITIES)
    assert all(load(pki, name).issuer == load(pki, name).subject for name in AUTHORITIES)


def test_the_api_server_is_known_by_each_name_it_is_called_by(pki: Pki) -> None:
    names = load(pki, "apiserver").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name.value) for name in names} == {
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
        "localhost",
        "127.0.0.1",
        "10.77.0.2",
        "10.77.128.1",
    }


@pytest.mark.parametrize(("name", "serves"), [("apiserver", True), ("etcd", True), ("admin", False), ("proxy", False)])
def test_only_servers_may_serve(pki: Pki, name: str, *, serves: bool) -> None:
    purposes = load(pki, name).extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert (ExtendedKeyUsageOID.SERVER_AUTH in purposes) is serves


def test_only_the_administrator_and_the_api_server_are_masters(pki: Pki) -> None:
    masters = {
        leaf.name
        for leaf in leaves(NETWORK)
        for attribute in load(pki, leaf.name).subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        if attribute.value == "system:masters"
    }
    assert masters == {"admin", "apiserver-kubelet-client"}


def test_a_kubeconfig_names_the_context_and_carries_its_own_certificate(pki: Pki) -> None:
    config = json.loads(pki.kubeconfig("admin").read_text())
    assert config["current-context"] == "a-tu-mano"
    assert config["clusters"][0]["cluster"]["server"] == "https://10.77.0.2:6443"
    embedded = b64decode(config["users"][0]["user"]["client-certificate-data"])
    assert embedded == pki.certificate("admin").read_bytes()


def test_secrets_are_encrypted_with_a_key_of_32_bytes(pki: Pki) -> None:
    rule = json.loads(pki.encryption_config.read_text())["resources"][0]
    assert rule["resources"] == ["secrets"]
    assert len(b64decode(rule["providers"][0]["secretbox"]["keys"][0]["secret"])) == 32


def test_a_second_look_changes_nothing(pki: Pki) -> None:
    before = {file: file.read_bytes() for file in pki.certificate("ca").parent.iterdir()}
    assert later(pki, 1).ensure() is False
    assert {file: file.read_bytes() for file in pki.certificate("ca").parent.iterdir()} == before


@pytest.mark.parametrize(("days", "renewed"), [(LEAF_DAYS - RENEW_DAYS - 1, False), (LEAF_DAYS + 1, True)])
def test_what_ends_soon_is_renewed_under_the_same_authority(pki: Pki, days: int, *, renewed: bool) -> None:
    """A machine that slept for a year wakes up to a working cluster, and tokens stay valid."""
    authority, accounts = load(pki, "ca"), pki.key("service-account").read_bytes()
    old = load(pki, "kubelet").serial_number
    assert later(pki, days).ensure() is renewed
    assert (load(pki, "kubelet").serial_number != old) is renewed
    assert (load(pki, "ca"), pki.key("service-account").read_bytes()) == (authority, accounts)


@pytest.mark.parametrize("damage", ["certificate", "key"])
def test_a_damaged_file_is_made_again(pki: Pki, damage: str) -> None:
    file = pki.certificate("scheduler") if damage == "certificate" else pki.key("scheduler")
    file.write_text("torn")
    assert pki.ensure() is True
    assert load(pki, "scheduler").not_valid_after_utc > NOW


def test_a_lost_authority_takes_all_it_signed_with_it(pki: Pki) -> None:
    pki.certificate("ca").unlink()
    assert pki.ensure() is True
    for leaf in leaves(NETWORK):
        load(pki, leaf.name).verify_directly_issued_by(load(pki, leaf.authority))


def test_another_network_means_other_names(pki: Pki) -> None:
    moved = Pki(pki.certificate("ca").parent, Network(IPv4Network("10.99.0.0/16")), now=NOW)
    assert moved.ensure() is True
    names = load(pki, "apiserver").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "10.99.0.2" in {str(name.value) for name in names}
    assert "10.99.0.2" in pki.kubeconfig("admin").read_text()


def test_two_clusters_have_two_identities(tmp_path: Path) -> None:
    first, second = Pki(tmp_path / "a", NETWORK), Pki(tmp_path / "b", NETWORK)
    first.ensure()
    second.ensure()
    assert first.identity() != second.identity()


def test_a_private_file_is_never_open_to_others_and_leaves_no_scratch(tmp_path: Path) -> None:
    write_private(tmp_path / "new" / "key", b"1")
    write_private(tmp_path / "new" / "key", b"2")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert [(file.name, file.read_bytes()) for file in (tmp_path / "new").iterdir()] == [("key", b"2")]
