"""`dev` in the emulated cloud: up by `make rehearse` before the first test, gone by the last; in this order."""

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import yaml

from infra.settings import ROOT
from local.smoke import Reach
from policies.comparison import compare
from policies.sources import read
from policies.sources.program import capture
from tests.golden.inventory import listed
from tests.rehearsal.conftest import ENVIRONMENT
from tests.rehearsal.stack import Rehearsed

pytestmark = pytest.mark.timeout(3600)
FROM_SECRETS = {"spec.template.metadata.annotations.a-tu-mano/secrets"}
"""What tells that a secret has changed; the program alone has other secrets."""


def test_the_rehearsal_passed_each_step(dev: Rehearsed) -> None:
    """Up from nothing, a purchase, an empty second preview, one after a refresh, no drift, no secret in plain text."""
    logs = {file.stem.removeprefix("dev-") for file in (dev.state / "logs").glob("dev-*.log")}
    assert logs >= {"bootstrap", "platform", "up", "smoke", "unchanged", "refreshed", "drift", "secrets"}
    bought = (dev.state / "logs" / "dev-smoke.log").read_text(encoding="utf-8")
    assert "ordered" in bought
    assert "cancelled it" in bought


def test_the_engine_has_what_the_inventory_says(dev: Rehearsed) -> None:
    """Does not prove: inputs, which the unit tests compare."""
    assert dev.registered() == listed("dev")


def test_the_three_sources_of_a_capture_agree(dev: Rehearsed, tmp_path: Path) -> None:
    """Program, preview and state say the same of the stack, but for values that one of them does not know."""
    exported, planned = tmp_path / "state.json", tmp_path / "preview.json"
    exported.write_text(dev.act("pulumi", "stack", "export").stdout)
    planned.write_text(dev.act("pulumi", "preview", "--json", "--show-sames").stdout)
    state, preview = read(exported), read(planned)
    images = {
        "database" if one.type.endswith("StatefulSet") else one.name: one.get("spec.template.spec.containers[0].image")
        for one in state.of("kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet")
    }
    config = yaml.safe_load((dev.state / "dev" / "Pulumi.dev.yaml").read_text(encoding="utf-8"))["config"]
    program = capture("dev", config, images=images)

    for other in (preview, state):
        found = compare(program, other)
        assert (found.created, found.deleted) == ((), ())
        different = {(one.name, path) for one in found.changed for path in one.properties if path not in FROM_SECRETS}
        assert different == set()
        known = {resource.urn: resource for resource in other.resources}
        for resource in program.resources:
            assert replace(known[resource.urn], inputs=resource.inputs) == resource
    assert not [resource.urn for resource in state.resources if resource.unknowns()]


def test_http_leads_to_https_and_its_certificate_is_the_domain_s(dev: Rehearsed) -> None:
    ports = {
        "http": int(ENVIRONMENT["A_TU_MANO_REHEARSAL_HTTP_PORT"]),
        "https": int(ENVIRONMENT["A_TU_MANO_REHEARSAL_HTTPS_PORT"]),
    }
    with httpx.Client(transport=Reach(ports, dev.state / "gke" / "ca.crt"), timeout=20) as http:
        led = http.get("http://shop.example.com/products?limit=1")
        assert (led.status_code, led.headers["Location"]) == (301, "https://shop.example.com/products?limit=1")
        assert http.get("https://shop.example.com/products?limit=1").status_code == 200
    # Not on the connection that is open already.
    with httpx.Client(transport=Reach(ports, dev.state / "gke" / "ca.crt")) as http, pytest.raises(httpx.ConnectError):
        http.get("https://another.example.com/")


def test_what_can_not_be_lost_is_not_replaced(dev: Rehearsed, tmp_path: Path) -> None:
    """A preview and a run name each resource, the property and the way on; the state stays as it was."""
    change = {"keys": {"protection": "HSM"}, "network": {"nodes": "10.12.0.0/20"}}
    changed = dev.settings(tmp_path, change)
    before = dev.resources()
    said = dev.act("preview", fails=True, A_TU_MANO_SETTINGS=changed).stderr
    for kind, name, because in (
        ("container/cluster:Cluster", "cluster", "something that it is made of"),
        ("kms/cryptoKey:CryptoKey", "keys-disks", "of versionTemplate.protectionLevel"),
        ("compute/subnetwork:Subnetwork", "network-nodes", "of ipCidrRange"),
    ):
        line = next((line for line in said.splitlines() if f'gcp:{kind} "{name}' in line), "")
        assert f"would be replaced because {because}" in line, f"{kind} {name}:\n{said}"
        assert "make up STACK=dev REPLACE=" in line
    assert "would be replaced" in dev.act("up", fails=True, A_TU_MANO_SETTINGS=changed).stderr
    assert dev.resources() == before


def test_a_call_that_fails_is_told_and_the_next_run_heals(dev: Rehearsed, tmp_path: Path) -> None:
    changed = dev.settings(tmp_path, {"budget": {"amount": 170}})
    dev.cloud("fault", "budget", "--call", "update", "--status", "403", "--message", "does not have permission")
    done = dev.act("up", fails=True, A_TU_MANO_SETTINGS=changed)
    assert "Error 403: does not have permission" in done.stdout + done.stderr
    assert "budget: A role is missing" in done.stderr
    dev.cloud("clear")
    dev.act("up", A_TU_MANO_SETTINGS=changed)
    dev.act("pulumi", "preview", "--expect-no-changes", A_TU_MANO_SETTINGS=changed)


def test_drift_is_reported_and_nothing_changed(dev: Rehearsed) -> None:
    topic = next(entry["id"] for urn, entry in dev.resources().items() if urn.endswith("::budget-spending"))
    registry = next(entry["id"] for urn, entry in dev.resources().items() if urn.endswith("Repository::registry"))
    before = dev.resources()
    assert json.loads(dev.act("drift").stdout) == {"stack": "dev", "drifted": False, "resources": []}
    dev.cloud("change", registry, "cleanupPolicyDryRun=true")
    dev.cloud("delete", topic)
    found = json.loads(dev.act("drift", fails=True).stdout)
    assert found["drifted"] is True
    assert {entry["name"]: (entry["change"], entry["properties"]) for entry in found["resources"]} == {
        "registry": ("changed", ["cleanupPolicyDryRun"]),
        "budget-spending": ("deleted", []),
    }
    assert dev.resources() == before
    dev.act("pulumi", "refresh", "--yes", "--skip-preview")
    dev.act("up")
    assert json.loads(dev.act("drift").stdout)["drifted"] is False


def test_a_protected_stack_is_not_taken_down(dev: Rehearsed) -> None:
    before = dev.resources()
    said = dev.act("down", fails=True).stderr
    assert "dev is protected: " in said
    assert "make down STACK=dev UNPROTECT=yes" in said
    assert dev.resources() == before


def test_the_outputs_are_documented(dev: Rehearsed) -> None:
    outputs = json.loads(dev.act("pulumi", "stack", "output", "--json").stdout)
    page = (ROOT / "docs" / "outputs.md").read_text(encoding="utf-8")
    rows = {name: [line for line in page.splitlines() if line.startswith(f"| `{name}`")] for name in outputs}
    assert [name for name, found in rows.items() if not found] == []
    for name, value in outputs.items():
        if isinstance(value, dict) and name not in {"endpoints", "services"}:
            assert [key for key in value if key not in " ".join(rows[name])] == []


def test_one_command_leaves_nothing(dev: Rehearsed) -> None:
    """Protection lifted, destroyed, and nothing of the stack is in cloud or cluster."""
    dev.act("down", UNPROTECT="yes", timeout=900)
    assert list(dev.resources()) == []
