"""The certificate of a rehearsal's HTTPS."""

import ssl
from pathlib import Path

from cryptography import x509

from local.gke.certificates import AUTHORITY, certificate


def names(chain: Path) -> list[str]:
    found = x509.load_pem_x509_certificate(chain.read_bytes())
    extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [*extension.get_values_for_type(x509.DNSName), *map(str, extension.get_values_for_type(x509.IPAddress))]


def test_it_is_for_the_hosts_that_are_asked_for_and_for_this_machine(tmp_path: Path) -> None:
    chain, key = certificate(tmp_path, ["shop.example.com", "*.example.org"])
    assert names(chain) == ["shop.example.com", "*.example.org", "localhost", "127.0.0.1"]
    assert {file.stat().st_mode & 0o777 for file in (chain, key, tmp_path / "ca.key")} == {0o600}
    # Raises when the key is not the certificate's.
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(chain, key)


def test_its_authority_stays_and_so_does_the_certificate_of_the_same_names(tmp_path: Path) -> None:
    first = certificate(tmp_path, ["a.example.com"])
    authority, content = (tmp_path / AUTHORITY).read_bytes(), first[0].read_bytes()
    assert certificate(tmp_path, ["a.example.com"]) == first
    other = certificate(tmp_path, ["b.example.com"])
    assert other != first
    assert (tmp_path / AUTHORITY).read_bytes() == authority
    assert first[0].read_bytes() == content
    issued = x509.load_pem_x509_certificate(other[0].read_bytes())
    issued.verify_directly_issued_by(x509.load_pem_x509_certificate(authority))


def test_a_long_name_has_its_place_among_the_alternatives(tmp_path: Path) -> None:
    name = ".".join(["abcdefghij"] * 9) + ".example.com"
    assert name in names(certificate(tmp_path, [name])[0])
