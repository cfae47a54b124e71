"""An emulated cloud for tests of the tables: resources are made as the engine makes them, but without an engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.gcp import difference, lifecycle
from local.gcp.checks import check
from local.gcp.cloud import Store
from local.gcp.invokes import invoke
from local.gcp.kinds import BILLING_ACCOUNT, Properties, Refused, Resource
from local.gcp.lifecycle import Config, Subject
from local.gcp.rules import words

PROJECT = "atm-dev-4f6a1c"
REGION = "europe-west1"
BILLING = "0A1B2C-3D4E5F-6A7B8C"
CONFIG = Config(project=PROJECT, region=REGION, attribution=False)

APIS = words(
    "artifactregistry billingbudgets binaryauthorization certificatemanager cloudbuild cloudkms cloudresourcemanager "
    "cloudscheduler compute container containeranalysis dns essentialcontacts gkebackup iam logging monitoring pubsub "
    "secretmanager storage"
)


class CheckedError(Exception):
    """The provider refused the inputs before it asked Google."""


@dataclass
class Made:
    """A resource and what it was made of."""

    resource: Resource
    inputs: Properties

    @property
    def id(self) -> str:
        return self.resource.id

    def out(self, name: str) -> Any:
        return self.resource.outputs[name]


class Gcp:
    """The cloud, asked as the engine asks it."""

    def __init__(self, folder: Path, config: Config = CONFIG, billing: str = BILLING) -> None:
        self.store = Store(folder)
        self.config = config
        with self.store.transaction() as world:
            world.note(BILLING_ACCOUNT, billing)

    def check(self, token: str, inputs: Mapping[str, Any], name: str = "unnamed") -> Properties:
        subject = Subject.of(token)
        checked = check(subject.schema, subject.kind, inputs, olds={}, name=name, seed=b"seed", config={})
        if checked.failures:
            raise CheckedError("; ".join(f"{one.path}: {one.reason}" for one in checked.failures))
        return checked.inputs

    def make(self, token: str, /, **inputs: Any) -> Made:
        return self.register(token, inputs)

    def register(self, token: str, inputs: Mapping[str, Any], name: str = "unnamed") -> Made:
        """Make a resource of this logical name."""
        checked = self.check(token, inputs, name)
        with self.store.transaction() as world:
            resource = lifecycle.create(world, Subject.of(token), checked, config=self.config, urn=f"urn:{name}")
        return Made(resource, checked)

    def changes(self, made: Made, **inputs: Any) -> difference.Difference:
        """What a preview shows that has these inputs in place of those it was made of."""
        subject = Subject.of(made.resource.token)
        news = self.check(made.resource.token, {**made.inputs, **inputs} if inputs else made.inputs)
        return difference.difference(
            subject.schema,
            subject.kind,
            news,
            state=made.resource.outputs,
            olds=made.inputs,
            fixed=subject.fixed,
            expected={"project": self.config.project} if self.config.project else {},
            ignored=(),
        )

    def change(self, made: Made, **inputs: Any) -> Made:
        checked = self.check(made.resource.token, {**made.inputs, **inputs})
        with self.store.transaction() as world:
            resource = lifecycle.change(
                world, Subject.of(made.resource.token), made.id, checked, config=self.config, urn="urn"
            )
        return Made(resource, checked)

    def delete(self, made: Made) -> None:
        with self.store.transaction() as world:
            lifecycle.delete(world, Subject.of(made.resource.token), made.id)

    def refused(self, token: str, **inputs: Any) -> str:
        """What Google says to the creation of it; the test fails if it says nothing."""
        try:
            self.make(token, **inputs)
        except Refused as error:
            return f"{error.status} {error.message}"
        msg = f"{token} was made of {inputs}"
        raise AssertionError(msg)

    def wrong(self, token: str, **inputs: Any) -> str:
        """What the provider says to the inputs; the test fails if it says nothing."""
        try:
            self.check(token, inputs)
        except CheckedError as error:
            return str(error)
        msg = f"{token} passed with {inputs}"
        raise AssertionError(msg)

    def kept(self, made: Made) -> str:
        """What Google says to the deletion of it; the test fails if it says nothing."""
        try:
            self.delete(made)
        except Refused as error:
            return f"{error.status} {error.message}"
        msg = f"{made.id} was deleted"
        raise AssertionError(msg)

    def invoke(self, token: str, **arguments: Any) -> Properties:
        with self.store.transaction() as world:
            return invoke(world, token, {"project": PROJECT, **arguments}, {})

    # What most tests begin with.

    def project(self, *, apis: bool = True) -> Made:
        project = self.make(
            "gcp:organizations/project:Project",
            projectId=PROJECT,
            name="A Tu Mano dev",
            billingAccount=BILLING,
            autoCreateNetwork=False,
            deletionPolicy="DELETE",
        )
        for api in sorted(APIS) if apis else ():
            self.make("gcp:projects/service:Service", service=f"{api}.googleapis.com")
        return project

    def identity(self, api: str) -> Made:
        return self.make("gcp:projects/serviceIdentity:ServiceIdentity", service=f"{api}.googleapis.com")

    def key(self, name: str, *users: str, location: str = REGION) -> Made:
        """A key in a ring of its own, which these accounts may use."""
        ring = self.make("gcp:kms/keyRing:KeyRing", name=f"{name}-{location}", location=location)
        key = self.make("gcp:kms/cryptoKey:CryptoKey", name=name, keyRing=ring.id, rotationPeriod="7776000s")
        for user in users:
            self.make(
                "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
                cryptoKeyId=key.id,
                role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
                member=f"serviceAccount:{user}",
            )
        return key

    def network(self) -> Made:
        return self.make("gcp:compute/network:Network", name="atm-dev-network", autoCreateSubnetworks=False)

    def subnetwork(self, network: Made, **inputs: Any) -> Made:
        given: dict[str, Any] = {
            "name": "atm-dev-nodes",
            "network": network.id,
            "ipCidrRange": "10.0.0.0/20",
            "privateIpGoogleAccess": True,
            "secondaryIpRanges": [
                {"rangeName": "pods", "ipCidrRange": "10.4.0.0/14"},
                {"rangeName": "services", "ipCidrRange": "10.1.0.0/20"},
            ],
            "logConfig": {
                "aggregationInterval": "INTERVAL_10_MIN",
                "flowSampling": 0.5,
                "metadata": "INCLUDE_ALL_METADATA",
            },
        }
        return self.make("gcp:compute/subnetwork:Subnetwork", **{**given, **inputs})

    def cluster(self, network: Made, subnetwork: Made, /, **inputs: Any) -> Made:
        return self.make("gcp:container/cluster:Cluster", **self.standard(network, subnetwork, **inputs))

    def standard(self, network: Made, subnetwork: Made, /, **inputs: Any) -> dict[str, Any]:
        given: dict[str, Any] = {
            "name": "atm-dev-cluster",
            "location": f"{REGION}-b",
            "network": network.out("selfLink"),
            "subnetwork": subnetwork.out("selfLink"),
            "initialNodeCount": 1,
            "removeDefaultNodePool": True,
            "deletionProtection": False,
            "datapathProvider": "ADVANCED_DATAPATH",
            "ipAllocationPolicy": {"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"},
            "privateClusterConfig": {"enablePrivateNodes": True, "enablePrivateEndpoint": True},
            "workloadIdentityConfig": {"workloadPool": f"{PROJECT}.svc.id.goog"},
            "releaseChannel": {"channel": "REGULAR"},
            "gatewayApiConfig": {"channel": "CHANNEL_STANDARD"},
            "addonsConfig": {"gkeBackupAgentConfig": {"enabled": True}},
        }
        return {name: value for name, value in {**given, **inputs}.items() if value is not None}
