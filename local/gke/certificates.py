"""The certificate of the HTTPS listeners, in place of the one that Google would give: of an authority made here.

A browser or a client has to be told of the authority (`ca.crt`). Nothing is renewed: a rehearsal ends within the day.
"""

import datetime
import hashlib
import ipaddress
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local.cluster.pki import write_private

AUTHORITY: Final = "ca.crt"
LOCAL: Final = ("localhost", "127.0.0.1")
"""Names the certificate always has, besides those of the Gateway."""
_DAYS: Final = 30


def certificate(folder: Path, hostnames: Sequence[str]) -> tuple[Path, Path]:
    """Files of a certificate for `hostnames` and of its key; made when this set of names has none yet."""
    names = (*dict.fromkeys((*hostnames, *LOCAL)),)
    mark = hashlib.sha256(" ".join(names).encode()).hexdigest()[:12]
    chain, key = folder / f"tls-{mark}.crt", folder / f"tls-{mark}.key"
    authority, authority_key = _authority(folder)
    if not chain.exists():
        own = ec.generate_private_key(ec.SECP256R1())
        signed = (
            _builder(names[0], authority.subject, own)
            .add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(authority_key, hashes.SHA256())
        )
        write_private(key, _pem(own))
        write_private(chain, signed.public_bytes(serialization.Encoding.PEM))
    return chain, key


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    certificate_file, key_file = folder / AUTHORITY, folder / "ca.key"
    if certificate_file.exists():
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - only this module writes these files
        return x509.load_pem_x509_certificate(certificate_file.read_bytes()), key
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a-tu-mano rehearsal")])
    signed = (
        _builder("a-tu-mano rehearsal", name, own)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(own, hashes.SHA256())
    )
    write_private(key_file, _pem(own))
    write_private(certificate_file, signed.public_bytes(serialization.Encoding.PEM))
    return signed, own


def _builder(name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    # A common name is at most 64 characters long; who is meant, the alternative names say.
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=_DAYS))
    )


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
