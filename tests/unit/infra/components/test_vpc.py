"""The network: ranges as set, nothing comes in, one address goes out."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.components.vpc import Network, NetworkArgs
from tests.unit.infra.gcp_parts import NAMES, gcp_settings, make_project
from tests.unit.infra.recorder import Recording, run

LINK = "https://www.googleapis.com/compute/v1/projects/atm-dev-b86d5c"


def recorded(stack: str = "dev", **changes: Mapping[str, Any] | bool) -> tuple[Recording, dict[str, str]]:
    outputs: dict[str, str] = {}

    def program() -> None:
        gcp = gcp_settings(stack, **changes)
        project = make_project(gcp)
        network = Network(
            "network",
            NetworkArgs(
                names=NAMES,
                settings=gcp.network,
                project=project.id,
                apis=project.apis,
                region=gcp.region,
                protect=gcp.protect,
            ),
        )
        assert [type(resource).__name__ for resource in network.ready] == ["RouterNat"]
        pulumi.Output.all(
            network=network.network,
            subnetwork=network.subnetwork,
            egress=network.egress,
            pods=network.pods_range,
            services=network.services_range,
        ).apply(outputs.update)

    return run(program), outputs


@pytest.fixture(scope="module")
def dev() -> tuple[Recording, dict[str, str]]:
    return recorded()


def test_the_vpc_has_only_the_subnetworks_it_is_given(dev: tuple[Recording, dict[str, str]]) -> None:
    recording, _ = dev
    assert recording.inputs("Network", "network") == {
        "project": "atm-dev-b86d5c",
        "name": "atm-dev-network",
        "autoCreateSubnetworks": False,
        "routingMode": "REGIONAL",
    }
    assert "Service project-compute" in recording.depends_on("Network", "network")


def test_nodes_pods_and_services_have_their_ranges(dev: tuple[Recording, dict[str, str]]) -> None:
    recording, outputs = dev
    inputs = recording.inputs("Subnetwork", "network-nodes")
    assert inputs["ipCidrRange"] == "10.10.0.0/20"
    assert inputs["secondaryIpRanges"] == [
        {"rangeName": outputs["pods"], "ipCidrRange": "10.20.0.0/16"},
        {"rangeName": outputs["services"], "ipCidrRange": "10.30.0.0/20"},
    ]
    assert inputs["network"] == outputs["network"]
    assert inputs["region"] == "us-central1"


def test_googles_apis_are_reached_inside(dev: tuple[Recording, dict[str, str]]) -> None:
    recording, _ = dev
    assert recording.inputs("Subnetwork", "network-nodes")["privateIpGoogleAccess"] is True


@pytest.mark.parametrize("share", [0.1, 1.0, None])
def test_flow_logs_are_as_set(share: float | None) -> None:
    recording, _ = recorded(network={"flowLogs": share})
    config = recording.inputs("Subnetwork", "network-nodes").get("logConfig")
    assert (config and config["flowSampling"]) == share


@pytest.mark.parametrize("protect", [True, False])
def test_one_switch_protects_vpc_and_subnetwork(protect: bool) -> None:  # noqa: FBT001 - a parameter of the test
    recording, _ = recorded(protect=protect)
    assert recording.request("Network", "network").protect is protect
    assert recording.request("Subnetwork", "network-nodes").protect is protect


def test_nothing_is_let_in_and_what_is_refused_is_logged(dev: tuple[Recording, dict[str, str]]) -> None:
    recording, _ = dev
    rules = [resource.inputs for resource in recording.resources if resource.typ.endswith(":Firewall")]
    assert [rule for rule in rules if "allows" in rule] == []
    [refused] = rules
    assert refused["direction"] == "INGRESS"
    assert refused["denies"] == [{"protocol": "all"}]
    assert refused["sourceRanges"] == ["0.0.0.0/0"]
    assert refused["priority"] == 65534
    assert refused["logConfig"] == {"metadata": "INCLUDE_ALL_METADATA"}


def test_the_names_it_asks_for_are_logged(dev: tuple[Recording, dict[str, str]]) -> None:
    recording, outputs = dev
    policy = recording.inputs("Policy", "network-names")
    assert policy["enableLogging"] is True
    assert policy["networks"] == [{"networkUrl": outputs["network"]}]
    assert "Service project-dns" in recording.depends_on("Policy", "network-names")


def test_the_way_out_has_one_reserved_address(dev: tuple[Recording, dict[str, str]]) -> None:
    recording, outputs = dev
    nat = recording.inputs("RouterNat", "network-nat")
    assert nat["natIpAllocateOption"] == "MANUAL_ONLY"
    assert nat["natIps"] == [f"{LINK}/Address/atm-dev-egress"]
    assert nat["subnetworks"] == [{"name": outputs["subnetwork"], "sourceIpRangesToNats": ["ALL_IP_RANGES"]}]
    assert nat["sourceSubnetworkIpRangesToNat"] == "LIST_OF_SUBNETWORKS"
    assert nat["logConfig"] == {"enable": True, "filter": "ERRORS_ONLY"}
    # Both at once is refused.
    assert nat["enableDynamicPortAllocation"] is True
    assert "enableEndpointIndependentMapping" not in nat
    for ports in (int(nat["minPortsPerVm"]), int(nat["maxPortsPerVm"])):
        assert 32 <= ports <= 65536
        assert ports & (ports - 1) == 0, "a power of two is required"
    address = recording.inputs("Address", "network-egress")
    assert (address["addressType"], address["region"]) == ("EXTERNAL", "us-central1")
    assert outputs["egress"]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    nodes=st.integers(20, 29),
    pods=st.integers(12, 21),
    services=st.integers(16, 27),
    share=st.none() | st.sampled_from([0.1, 0.5, 1.0]),
    protect=st.booleans(),
)
def test_for_all_settings_the_ranges_are_those_set_and_nothing_is_let_in(
    nodes: int,
    pods: int,
    services: int,
    share: float | None,
    protect: bool,  # noqa: FBT001 - drawn by the test
) -> None:
    ranges = {"nodes": f"10.0.0.0/{nodes}", "pods": f"10.16.0.0/{pods}", "services": f"10.32.0.0/{services}"}
    recording, outputs = recorded(network={**ranges, "flowLogs": share}, protect=protect)
    inputs = recording.inputs("Subnetwork", "network-nodes")
    assert inputs["ipCidrRange"] == ranges["nodes"]
    found = {one["rangeName"]: one["ipCidrRange"] for one in inputs["secondaryIpRanges"]}
    assert found == {outputs["pods"]: ranges["pods"], outputs["services"]: ranges["services"]}
    assert not [r for r in recording.resources if r.typ.endswith(":Firewall") and "allows" in r.inputs]
    assert not [r for r in recording.resources if r.inputs.get("autoCreateSubnetworks")]
