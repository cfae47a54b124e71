"""The real engine with the emulated GCP: what a program meets there that it would meet at Google."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.paths import BIN, REPOSITORY, VENV

PROJECT = "gcp:organizations/project:Project"
SERVICE = "gcp:projects/service:Service"
NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
SECRET = "gcp:secretmanager/secret:Secret"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
BILLING = "0A1B2C-0A1B2C-0A1B2C"

# Registers what a file lists, without the SDK, whose import takes as long as all the rest. `$name.output` is an output
# of a resource before.
PROGRAM = """
import json, pathlib, pulumi
made = {}
def value(of):
    if isinstance(of, dict):
        return {key: value(item) for key, item in of.items()}
    if isinstance(of, list):
        return [value(item) for item in of]
    if isinstance(of, str) and of.startswith("$"):
        name, output = of[1:].split(".")
        return made[name].id if output == "id" else made[name].__dict__[output]
    if isinstance(of, str) and of.startswith("hidden:"):
        return pulumi.Output.secret(of.removeprefix("hidden:"))
    return of
settings = {"project": "shop-1", "region": "europe-west1", "defaultLabels": json.dumps({"team": "shop"})}
provider = pulumi.ProviderResource("gcp", "gcp", settings)
for name, (type_, properties, wanted, after, options) in json.loads(pathlib.Path("wanted.json").read_text()).items():
    properties = {**{output: None for output in wanted}, **{key: value(item) for key, item in properties.items()}}
    opts = pulumi.ResourceOptions(provider=provider, depends_on=[made[one] for one in after], **options)
    made[name] = pulumi.CustomResource(type_, name, properties, opts)
"""

Resources = dict[str, tuple[str, Mapping[str, Any], tuple[str, ...], tuple[str, ...], Mapping[str, Any]]]


def resource(
    type_: str, *, wanted: tuple[str, ...] = (), after: tuple[str, ...] = (), opts: Any = None, **inputs: Any
) -> Any:
    return type_, inputs, wanted, after, opts or {}


def shop() -> Resources:
    """A project with a network and a secret."""
    return {
        "project": resource(
            PROJECT,
            projectId="shop-1",
            name="shop",
            orgId="1234",
            billingAccount=BILLING,
            autoCreateNetwork=False,
            deletionPolicy="DELETE",
        ),
        "compute": resource(SERVICE, project="$project.projectId", service="compute.googleapis.com"),
        "secrets": resource(SERVICE, project="$project.projectId", service="secretmanager.googleapis.com"),
        "network": resource(
            NETWORK, name="shop", autoCreateSubnetworks=False, wanted=("selfLink",), after=("compute",)
        ),
        "subnetwork": resource(
            SUBNETWORK,
            name="shop",
            network="$network.selfLink",
            ipCidrRange="10.0.0.0/20",
            privateIpGoogleAccess=False,
            wanted=("selfLink",),
        ),
        "secret": resource(SECRET, secretId="token", replication={"auto": {}}, after=("secrets",)),
        "version": resource(VERSION, secret="$secret.id", secretData="hidden:of nobody else"),
    }


@dataclass(frozen=True)
class Engine:
    """The CLI on a project of its own, and the commands on its cloud."""

    folder: Path
    environment: dict[str, str]

    def want(self, resources: Resources) -> None:
        (self.folder / "program" / "wanted.json").write_text(json.dumps(resources), encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["pulumi", *arguments, "--stack", "test", "--non-interactive", "--color", "never"]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, timeout=240
        )

    def up(self, resources: Resources, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.want(resources)
        return self.run("up", "--yes", "--skip-preview", *arguments)

    def steps(self, *arguments: str) -> dict[str, str]:
        """What a preview would do: each resource's step, but for what stays the same."""
        done = self.run("preview", "--json", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        steps = json.loads(done.stdout[done.stdout.index("{") :])["steps"]
        return {step["urn"].rpartition("::")[2]: step["op"] for step in steps if step["op"] not in ("same", "refresh")}

    def cloud(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-P", "-m", "local.gcp", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=60)

    def state(self) -> str:
        return self.run("stack", "export").stdout


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """An engine with an empty cloud that has a billing account and an organization."""
    folder = tmp_path / "project"
    (folder / "program").mkdir(parents=True)
    (tmp_path / "state").mkdir()
    (folder / "Pulumi.yaml").write_text(
        f"name: test\nmain: program\nruntime: {{name: python, options: {{virtualenv: {VENV}}}}}\n", encoding="utf-8"
    )
    (folder / "program" / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    path = [str(REPOSITORY / "local" / "gcp" / "bin"), str(VENV / "bin"), str(BIN), os.environ["PATH"]]
    environment = os.environ | {
        "PATH": os.pathsep.join(path),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "of a test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "A_TU_MANO_GCP": str(tmp_path / "cloud"),
    }
    made = Engine(folder, environment)
    assert made.cloud("billing-account", BILLING).returncode == 0
    assert made.cloud("organization", "1234").returncode == 0
    assert made.run("stack", "init").returncode == 0
    return made


def test_a_life(engine: Engine) -> None:
    """Up, no second change, drift healed, replacements, a deletion that is refused, and nothing left."""
    made = engine.up(shop())
    assert made.returncode == 0, made.stdout + made.stderr
    assert engine.steps("--refresh") == {}
    assert "of nobody else" not in made.stdout + made.stderr + engine.state()

    engine.cloud("change", "subnetwork", "privateIpGoogleAccess=true")
    engine.cloud("delete", "version")
    assert engine.steps("--refresh") == {"subnetwork": "update", "version": "create"}
    healed = engine.up(shop(), "--refresh")
    assert healed.returncode == 0, healed.stdout

    changed = shop()
    changed["network"][1]["description"] = "another"  # type: ignore[index]
    engine.want(changed)
    # The name was given and stays: the old one goes first, and what stands on it with it.
    assert set(engine.steps()) == {"network", "subnetwork"}
    replaced = engine.up(changed)
    assert replaced.returncode == 0, replaced.stdout

    network = "projects/shop-1/global/networks/shop"
    foreign = {"name": "foreign", "region": "europe-west1", "network": network, "ipCidrRange": "10.9.0.0/24"}
    assert engine.cloud("put", SUBNETWORK, json.dumps({"project": "shop-1", **foreign})).returncode == 0
    refused = engine.run("destroy", "--yes", "--skip-preview")
    assert refused.returncode != 0
    assert "is already being used by 'projects/shop-1/regions/europe-west1/subnetworks/foreign'" in refused.stdout
    engine.cloud("delete", "projects/shop-1/regions/europe-west1/subnetworks/foreign")
    gone = engine.run("destroy", "--yes", "--skip-preview")
    assert gone.returncode == 0, gone.stdout
    left = json.loads(engine.cloud("leftovers", "--json").stdout)
    assert left["left"] == []
    assert [one["id"] for one in left["keptByGoogle"]] == ["projects/shop-1"]


def test_what_google_refuses(engine: Engine) -> None:
    resources = shop() | {
        "zone": resource("gcp:dns/managedZone:ManagedZone", name="shop", dnsName="shop.example."),
        "astray": resource(SUBNETWORK, network="nowhere", ipCidrRange="10.1.0.0/20", after=("compute",)),
        "again": resource(NETWORK, name="shop", autoCreateSubnetworks=False, after=("network",)),
        "stranger": resource(
            "gcp:secretmanager/secretIamMember:SecretIamMember",
            secretId="$secret.id",
            role="roles/secretmanager.secretAccessor",
            member="serviceAccount:nobody@shop-1.iam.gserviceaccount.com",
        ),
    }
    refused = engine.up(resources, "--continue-on-error")
    assert refused.returncode != 0
    for said in (
        "Error creating ManagedZone 'zone': googleapi: Error 403: dns.googleapis.com API has not been used in project",
        "Error creating Subnetwork 'astray': googleapi: Error 404",
        "Error creating Network 'again': googleapi: Error 409: The resource 'projects/shop-1/global/networks/shop'",
        "Service account nobody@shop-1.iam.gserviceaccount.com does not exist",
    ):
        assert said in refused.stdout
    assert "Traceback" not in refused.stdout + refused.stderr


def test_what_the_provider_refuses_in_a_preview(engine: Engine) -> None:
    wrong = shop()
    wrong["network"] = resource(NETWORK, name="shop", mtu="1500", colour="red")
    engine.want(wrong)
    refused = engine.run("preview")
    assert refused.returncode != 0
    said = refused.stdout + refused.stderr
    assert "a whole number is required, the text '1500' was given" in said
    assert "An argument named 'colour' is not expected here" in said


def test_a_death_and_a_failure_are_survived(engine: Engine) -> None:
    """The provider dies before it makes one resource and after it has made another; then an API fails once."""
    engine.cloud("fault", "subnetwork", "--call", "create", "--action", "die")
    assert engine.up(shop()).returncode != 0
    engine.cloud("fault", "subnetwork", "--call", "create", "--status", "503")
    failed = engine.up(shop())
    assert failed.returncode != 0
    assert "Error creating Subnetwork 'subnetwork': googleapi: Error 503" in failed.stdout
    healed = engine.up(shop())
    assert healed.returncode == 0, healed.stdout
    assert engine.steps("--refresh") == {}
