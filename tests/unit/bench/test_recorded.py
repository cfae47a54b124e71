"""The flat program of a stack on GCP is the steps of its preview, without components and without what checks added."""

import json
from pathlib import Path
from typing import Any

from bench import recorded

ACCOUNT = "urn:pulumi:prod::p::pulumi:providers:gcp::account"
NETWORK = "urn:pulumi:prod::p::a:b:Network$gcp:compute/network:Network::network"
ROUTE = "urn:pulumi:prod::p::a:b:Service$kubernetes:gateway.networking.k8s.io/v1:HTTPRoute::orders"


def state(kind: str, urn: str, inputs: dict[str, Any], provider: str = "", *, custom: bool = True) -> dict[str, Any]:
    """A step of a preview."""
    return {"newState": {"type": kind, "urn": urn, "inputs": inputs, "provider": provider, "custom": custom}}


def steps() -> list[dict[str, Any]]:
    """A provider, a component, and two resources."""
    labels = json.dumps({"stack": "prod"})
    return [
        state("pulumi:providers:gcp", ACCOUNT, {"region": "r", "defaultLabels": labels, "version": "1"}),
        state("a:b:Network", "urn:pulumi:prod::p::a:b:Network::network", {}, custom=False),
        state(
            "gcp:compute/network:Network",
            NETWORK,
            {"__defaults": [], "autoCreateSubnetworks": False},
            f"{ACCOUNT}::unknown",
        ),
        state("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", ROUTE, {"apiVersion": "g/v1", "kind": "HTTPRoute"}),
    ]


def test_each_resource_is_a_call_of_its_class(tmp_path: Path) -> None:
    assert recorded.write(tmp_path, steps()) == 3
    calls = json.loads((tmp_path / "resources.json").read_text(encoding="utf-8"))
    assert calls == [
        ["pulumi_gcp.Provider", "account", "", {"region": "r", "default_labels": {"stack": "prod"}}],
        ["pulumi_gcp.compute.Network", "network", "account", {"auto_create_subnetworks": False}],
        [
            "pulumi_kubernetes.apiextensions.CustomResource",
            "orders",
            "",
            {"api_version": "g/v1", "kind": "HTTPRoute"},
        ],
    ]


def test_the_program_is_python(tmp_path: Path) -> None:
    recorded.write(tmp_path, steps())
    compile((tmp_path / "__main__.py").read_text(encoding="utf-8"), "__main__.py", "exec")
