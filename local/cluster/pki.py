"""The cluster's certificates: three authorities, what they sign, and the kubeconfigs made of it.

Every key is an EC P-256 key in a file of mode 0600. `ensure` makes what is missing and renews what ends soon.
"""

import datetime
import ipaddress
import json
import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local.cluster.network import Network

NODE_NAME = "a-tu-mano"
CONTEXT = "a-tu-mano"
AUTHORITY_DAYS = 3650
LEAF_DAYS = 365
RENEW_DAYS = 30
"""A certificate that ends sooner is renewed by the next `up`."""


@dataclass(frozen=True)
class Leaf:
    """One certificate: its file name, subject, the authority that signs it, and where it is presented."""

    name: str
    common_name: str
    authority: str = "ca"
    organization: str | None = None
    hosts: Sequence[str] = field(default=())
    kubeconfig: bool = False

    @property
    def serves(self) -> bool:
        """Presented to clients, not only to servers."""
        return bool(self.hosts)


AUTHORITIES = ("ca", "etcd-ca", "front-proxy-ca")


def leaves(network: Network) -> list[Leaf]:
    """List every certificate of a cluster on this network."""
    api_names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"]
    api_hosts = [*api_names, "localhost", str(network.api_service), str(network.node), "127.0.0.1"]
    masters = "system:masters"
    return [
        Leaf("apiserver", "kube-apiserver", hosts=api_hosts),
        Leaf("apiserver-kubelet-client", "kube-apiserver-kubelet-client", organization=masters),
        Leaf("apiserver-etcd-client", "kube-apiserver", authority="etcd-ca"),
        Leaf("front-proxy-client", "front-proxy-client", authority="front-proxy-ca"),
        Leaf("etcd", "etcd", authority="etcd-ca", hosts=["localhost", "127.0.0.1"]),
        Leaf("kubelet", f"system:node:{NODE_NAME}", organization="system:nodes", kubeconfig=True),
        Leaf("kubelet-serving", f"system:node:{NODE_NAME}", hosts=[NODE_NAME, str(network.node)]),
        Leaf("controller-manager", "system:kube-controller-manager", kubeconfig=True),
        Leaf("scheduler", "system:kube-scheduler", kubeconfig=True),
        Leaf("proxy", "system:kube-proxy", kubeconfig=True),
        Leaf("metrics-server", "metrics-server", hosts=["metrics-server.kube-system.svc"]),
        Leaf("network-policy", "a-tu-mano:network-policy", kubeconfig=True),
        Leaf("admin", "a-tu-mano:admin", organization=masters, kubeconfig=True),
    ]


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    scratch.touch(mode=0o600)
    scratch.write_bytes(content)
    scratch.rename(path)


def _write_changed(path: Path, content: bytes) -> bool:
    if path.exists() and path.read_bytes() == content:
        return False
    write_private(path, content)
    return True


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - only this module writes these files
    return key


def _usages(leaf: Leaf | None) -> list[tuple[x509.ExtensionType, bool]]:
    authority = leaf is None
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=authority, path_length=0 if authority else None), True),
        (
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=authority,
                crl_sign=authority,
                encipher_only=False,
                decipher_only=False,
            ),
            True,
        ),
    ]
    if leaf is None:
        return extensions
    purposes = [ExtendedKeyUsageOID.CLIENT_AUTH]
    if leaf.serves:
        purposes.append(ExtendedKeyUsageOID.SERVER_AUTH)
        extensions.append((x509.SubjectAlternativeName([_alternative_name(host) for host in leaf.hosts]), False))
    return [*extensions, (x509.ExtendedKeyUsage(purposes), False)]


def _alternative_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


class Pki:
    """The certificates in one directory."""

    def __init__(self, directory: Path, network: Network, *, now: datetime.datetime | None = None) -> None:
        self._directory = directory
        self._network = network
        self._now = now or datetime.datetime.now(datetime.UTC)

    def certificate(self, name: str) -> Path:
        """Path of a certificate in PEM."""
        return self._directory / f"{name}.crt"

    def key(self, name: str) -> Path:
        """Path of a key in PEM."""
        return self._directory / f"{name}.key"

    def kubeconfig(self, name: str) -> Path:
        """Path of the kubeconfig of a client."""
        return self._directory / f"{name}.kubeconfig"

    @property
    def encryption_config(self) -> Path:
        """The API server's EncryptionConfiguration: Secrets are encrypted in etcd."""
        return self._directory / "encryption.json"

    def ensure(self) -> bool:
        """Make what is missing, damaged, ends within 30 days, or names other hosts; True when anything was made."""
        made = [self._ensure_authority(name) for name in AUTHORITIES]
        made += [self._ensure_leaf(leaf) for leaf in leaves(self._network)]
        made.append(self._ensure_service_account_key())
        made.append(self._ensure_encryption())
        return any(made)

    def identity(self) -> str:
        """Fingerprint of the cluster's authority: two clusters never have the same."""
        return self._load("ca").fingerprint(hashes.SHA256()).hex()

    def _load(self, name: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate(name).read_bytes())

    def _good(self, name: str, issuer: str, hosts: Sequence[str]) -> bool:
        try:
            certificate, parent = self._load(name), self._load(issuer)
            certificate.verify_directly_issued_by(parent)
            key = _load_key(self.key(name))
        except (OSError, ValueError, TypeError, InvalidSignature):
            return False
        ends = certificate.not_valid_after_utc - datetime.timedelta(days=RENEW_DAYS)
        return key.public_key() == certificate.public_key() and self._now < ends and _hosts(certificate) == set(hosts)

    def _ensure_authority(self, name: str) -> bool:
        if self._good(name, name, []):
            return False
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"a-tu-mano {name} {secrets.token_hex(4)}")])
        self._sign(name, subject, subject, key, key, days=AUTHORITY_DAYS, leaf=None)
        return True

    def _ensure_leaf(self, leaf: Leaf) -> bool:
        made = not self._good(leaf.name, leaf.authority, leaf.hosts)
        if made:
            attributes = [x509.NameAttribute(NameOID.COMMON_NAME, leaf.common_name)]
            if leaf.organization is not None:
                attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, leaf.organization))
            issuer, issuer_key = self._load(leaf.authority).subject, _load_key(self.key(leaf.authority))
            key = ec.generate_private_key(ec.SECP256R1())
            self._sign(leaf.name, x509.Name(attributes), issuer, key, issuer_key, days=LEAF_DAYS, leaf=leaf)
        if leaf.kubeconfig:
            made |= _write_changed(self.kubeconfig(leaf.name), self._render_kubeconfig(leaf.name))
        return made

    def _sign(
        self,
        name: str,
        subject: x509.Name,
        issuer: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        issuer_key: ec.EllipticCurvePrivateKey,
        *,
        days: int,
        leaf: Leaf | None,
    ) -> None:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - datetime.timedelta(minutes=5))
            .not_valid_after(self._now + datetime.timedelta(days=days))
        )
        for extension, critical in _usages(leaf):
            builder = builder.add_extension(extension, critical=critical)
        write_private(self.key(name), _private_pem(key))
        certificate = builder.sign(issuer_key, hashes.SHA256())
        write_private(self.certificate(name), certificate.public_bytes(serialization.Encoding.PEM))

    def _ensure_service_account_key(self) -> bool:
        if self.key("service-account").exists():
            return False
        write_private(self.key("service-account"), _private_pem(ec.generate_private_key(ec.SECP256R1())))
        return True

    def _ensure_encryption(self) -> bool:
        if self.encryption_config.exists():
            return False
        key = {"name": "1", "secret": b64encode(secrets.token_bytes(32)).decode()}
        config = {
            "apiVersion": "apiserver.config.k8s.io/v1",
            "kind": "EncryptionConfiguration",
            "resources": [{"resources": ["secrets"], "providers": [{"secretbox": {"keys": [key]}}]}],
        }
        write_private(self.encryption_config, json.dumps(config).encode())
        return True

    def _render_kubeconfig(self, name: str) -> bytes:
        def embedded(path: Path) -> str:
            return b64encode(path.read_bytes()).decode()

        server = f"https://{self._network.node}:6443"
        user = {
            "client-certificate-data": embedded(self.certificate(name)),
            "client-key-data": embedded(self.key(name)),
        }
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": CONTEXT,
                    "cluster": {"server": server, "certificate-authority-data": embedded(self.certificate("ca"))},
                }
            ],
            "users": [{"name": name, "user": user}],
            "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": name}}],
            "current-context": CONTEXT,
        }
        return json.dumps(config, indent=2).encode()


def _hosts(certificate: x509.Certificate) -> set[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {str(name.value) for name in names}
