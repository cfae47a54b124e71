"""The database server of a stack, with one database and one user per service.

Owns: the pod, its volume, its addresses, the file of users, and the policy that lets in those services and nobody else.

The engine `secantus` is a stand-in for MongoDB on one machine: one pod, no replication, no TLS. Its label says so, the
stack's output says so, and docs/limits.md says what it does not prove. The contract of its image is in
docs/components/database.md.

Deliberately not here: claims made by the StatefulSet. With a claim of its own, a new `storage` grows the volume or is
refused by the API server; in a claim template it would replace the StatefulSet.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urlencode

import pulumi
from pulumi_kubernetes.apps.v1 import StatefulSet
from pulumi_kubernetes.core.v1 import PersistentVolumeClaim, Secret, Service, ServiceAccount
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from infra.components import network, pods
from infra.components.base import NO_WAIT, Component, metadata
from infra.components.credentials import Credentials
from infra.naming import NAME_LABEL, Naming, logical
from infra.settings_images import Image
from infra.settings_models import DatabaseSettings

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import PersistentVolumeClaimSpecArgsDict, PodSpecArgsDict, ProbeArgsDict
    from pulumi_kubernetes.networking.v1 import NetworkPolicyIngressRuleArgsDict, NetworkPolicySpecArgsDict

HOST: Final = "mongodb"
"""Name of the Service."""
PORT: Final = 27017
STAND_IN: Final = {"a-tu-mano/stand-in": "secantusdb"}
"""Label of what stands in for MongoDB."""
_OPTIONS: Final = {
    "replicaSet": "rs0",
    "w": "majority",
    "journal": "true",
    "wtimeoutMS": "10000",
    "retryWrites": "true",
}
_TERMINATION_SECONDS: Final = 30


def credential(service: str) -> str:
    """Name of the credential that is a service's database password."""
    return f"database:{service}"


def uri(service: str, password: str, host: str) -> str:
    """Connection string of a service: its user, its database and where that user is kept have the service's name."""
    return f"mongodb://{service}:{password}@{host}:{PORT}/{service}?{urlencode({'authSource': service, **_OPTIONS})}"


def users(passwords: Mapping[str, str]) -> str:
    """Content of the file of users, sorted by user."""
    return json.dumps([{"user": name, "database": name, "password": passwords[name]} for name in sorted(passwords)])


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseArgs:
    """Inputs of Database."""

    names: Naming
    """Names of the stack."""
    settings: DatabaseSettings
    """Engine, size of the volume, resources."""
    image: Image
    """Image of the server."""
    namespace: pulumi.Input[str]
    """Namespace it runs in. Source: Namespace.name."""
    services: tuple[str, ...]
    """Services that have a database."""
    services_namespace: str
    """Namespace of these services."""
    credentials: Credentials
    """Where the passwords come from."""
    storage_class: pulumi.Input[str] | None = None
    """StorageClass of its volume; None for the cluster's default. Source: Volumes.name."""
    protect: bool = False
    """Whether its volume refuses to be deleted."""
    placement: str | None = None
    """Purpose of the nodes it runs on; None for any. Source: Cluster.placement."""


class Database(Component):
    """The database server, and who may use it."""

    TYPE: ClassVar[str] = "a-tu-mano:database:Database"

    host: pulumi.Output[str]
    """Name a client connects to, inside the cluster."""
    uris: Mapping[str, pulumi.Output[str]]
    """Connection string of each service; secret, known once the server is ready."""

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        labels = args.names.labels(HOST)
        selector = {NAME_LABEL: HOST}
        passwords = {service: args.credentials.value(credential(service)) for service in sorted(args.services)}
        meta = metadata(HOST, args.namespace, labels)

        account = ServiceAccount(
            logical(name, "account"), metadata=meta, automount_service_account_token=False, opts=self.child()
        )
        secret = Secret(
            logical(name, "users"),
            metadata=metadata(logical(HOST, "users"), args.namespace, labels),
            string_data={"users.json": pulumi.Output.all(**passwords).apply(users)},
            opts=self.child(),
        )
        claim = PersistentVolumeClaim(
            logical(name, "data"),
            metadata=metadata(logical(HOST, "data"), args.namespace, labels),
            spec=_claim(args),
            opts=self.child(protect=args.protect),
        )
        policy = NetworkPolicy(
            logical(name, "policy"),
            metadata=meta,
            spec=_policy(args),
            opts=self.child(),
        )
        address = Service(
            logical(name, "service"),
            metadata=metadata(HOST, args.namespace, labels, NO_WAIT),
            spec={"selector": selector, "ports": [{"name": "mongodb", "port": PORT, "target_port": "mongodb"}]},
            opts=self.child(),
        )
        peers = Service(
            logical(name, "peers"),
            metadata=metadata(logical(HOST, "peers"), args.namespace, labels, NO_WAIT),
            # A member looks up its own name before it is ready.
            spec={
                "selector": selector,
                "cluster_ip": "None",
                "publish_not_ready_addresses": True,
                "ports": [{"name": "mongodb", "port": PORT, "target_port": "mongodb"}],
            },
            opts=self.child(),
        )
        self.host = pulumi.Output.concat(HOST, ".", args.namespace, ".svc.cluster.local")
        server = StatefulSet(
            name,
            metadata=metadata(HOST, args.namespace, labels | STAND_IN),
            spec={
                "replicas": 1,
                "service_name": logical(HOST, "peers"),
                "selector": {"match_labels": selector},
                "template": {
                    "metadata": {
                        "labels": labels | STAND_IN,
                        # The server reads its users at start only.
                        "annotations": {
                            "a-tu-mano/secrets": args.credentials.version([credential(s) for s in passwords])
                        },
                    },
                    "spec": pods.placed(_pod(args, self.host), args.placement),
                },
            },
            opts=self.child(depends_on=[account, secret, claim, policy, address, peers]),
        )
        self.uris = {
            service: pulumi.Output.all(service, password, self.host, server.id).apply(lambda known: uri(*known[:3]))
            for service, password in passwords.items()
        }
        self.register_outputs({"host": self.host})


def _claim(args: DatabaseArgs) -> "PersistentVolumeClaimSpecArgsDict":
    spec: PersistentVolumeClaimSpecArgsDict = {
        "access_modes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": args.settings.storage}},
    }
    if args.storage_class is not None:
        spec["storage_class_name"] = args.storage_class
    return spec


def _policy(args: DatabaseArgs) -> "NetworkPolicySpecArgsDict":
    callers = network.services(args.services_namespace, sorted(args.services))
    # A rule from nobody would be a rule from everybody.
    ingress: list[NetworkPolicyIngressRuleArgsDict] = (
        [{"from_": callers, "ports": network.tcp(PORT)}] if callers else []
    )
    return {"pod_selector": {"match_labels": {NAME_LABEL: HOST}}, "policy_types": ["Ingress"], "ingress": ingress}


def _pod(args: DatabaseArgs, host: pulumi.Output[str]) -> "PodSpecArgsDict":
    tmp, tmp_mount = pods.scratch("64Mi")
    secrets, secrets_mount = pods.secret_files(logical(HOST, "users"))
    return {
        "service_account_name": HOST,
        "automount_service_account_token": False,
        "enable_service_links": False,
        "termination_grace_period_seconds": _TERMINATION_SECONDS,
        "security_context": pods.pod_security(),
        "containers": [
            {
                "name": HOST,
                "image": args.image.reference,
                "env": [
                    # Clients reconnect to the name the server gives itself, which must outlive the pod's address.
                    {"name": "ADVERTISED_HOST", "value": host},
                    {"name": "PORT", "value": str(PORT)},
                ],
                "ports": [{"name": "mongodb", "container_port": PORT}],
                "resources": pods.resources(args.settings.resources),
                "security_context": pods.container_security(),
                "startup_probe": _probe(period=2, failures=60),
                "readiness_probe": _probe(period=10, failures=3),
                "liveness_probe": _probe(period=20, failures=6),
                "volume_mounts": [tmp_mount, secrets_mount, {"name": "data", "mount_path": "/data"}],
            }
        ],
        "volumes": [
            tmp,
            secrets,
            {"name": "data", "persistent_volume_claim": {"claim_name": logical(HOST, "data")}},
        ],
    }


def _probe(*, period: int, failures: int) -> "ProbeArgsDict":
    return {
        "exec_": {"command": ["python", "-m", "database.probe"]},
        "period_seconds": period,
        "timeout_seconds": 10,
        "failure_threshold": failures,
    }
