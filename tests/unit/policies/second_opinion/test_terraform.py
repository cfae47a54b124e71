"""What Terraform calls Google's resources and their properties."""

from typing import Any

import pytest

from policies.capture import UNKNOWN, Capture, leaves
from policies.second_opinion.errors import OpinionError
from policies.second_opinion.terraform import TerraformType, snake, terraform_type, types

IRREGULAR = {
    "google_cloudbuild_trigger": {"build.options.envs": "env", "build.steps": "step"},
    "google_compute_firewall": {"denies": "deny"},
    "google_compute_router_nat": {
        "subnetworks": "subnetwork",
        "subnetworks.sourceIpRangesToNats": "source_ip_ranges_to_nat",
    },
    "google_compute_security_policy": {
        "adaptiveProtectionConfig.layer7DdosDefenseConfig": "layer_7_ddos_defense_config",
        "rules": "rule",
    },
    "google_compute_subnetwork": {"secondaryIpRanges": "secondary_ip_range"},
    "google_container_cluster": {"maintenancePolicy.maintenanceExclusions": "maintenance_exclusion"},
    "google_container_node_pool": {"nodeConfig.taints": "taint"},
    "google_project_iam_audit_config": {"auditLogConfigs": "audit_log_config"},
    "google_storage_bucket": {"lifecycleRules": "lifecycle_rule"},
}
"""Every name of the committed stacks that does not follow from Pulumi's."""


def test_it_has_every_type_that_a_stack_registers(prod: Capture, dev: Capture, place: Capture) -> None:
    registered = {r.type for capture in (prod, dev, place) for r in capture.resources if r.type.startswith("gcp:")}
    assert registered - types().keys() == set()


def test_a_type_that_it_does_not_have_is_an_error() -> None:
    with pytest.raises(OpinionError, match="does not say what Terraform calls gcp:redis/instance:Instance"):
        terraform_type("gcp:redis/instance:Instance")


def test_no_two_types_have_one_name() -> None:
    names = [one.type for one in types().values()]
    assert len(names) == len(set(names))


def test_the_names_that_do_not_follow_are_the_ones_known(prod: Capture, dev: Capture, place: Capture) -> None:
    found: dict[str, dict[str, str]] = {}
    for capture in (prod, dev, place):
        for resource in capture.resources:
            if resource.type.startswith("gcp:"):
                table = terraform_type(resource.type)
                for there, path in table.translate(resource.inputs).paths.items():
                    name = there.rpartition(".")[2]
                    if name != snake(path.rpartition(".")[2]):
                        found.setdefault(table.type, {})[path] = name
    assert found == IRREGULAR


def test_every_known_value_arrives(prod: Capture, dev: Capture, place: Capture) -> None:
    for capture in (prod, dev, place):
        for resource in capture.resources:
            if resource.type.startswith("gcp:"):
                translated = terraform_type(resource.type).translate(resource.inputs)
                assert values(translated.values) == values(resource.inputs), resource.urn
                assert marks(translated.unknown) == len(resource.unknowns()), resource.urn


def values(inside: Any) -> list[str]:
    return sorted(repr(v) for _, v in leaves(inside) if v is not UNKNOWN and v not in ({}, [], None))


def marks(inside: Any) -> int:
    return sum(value is True for _, value in leaves(inside))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("ipCidrRange", "ip_cidr_range"),
        ("enableIPv6", "enable_i_pv6"),
        ("role", "role"),
        ("gcePDConfig", "gce_pd_config"),
    ],
)
def test_a_name_follows_from_pulumis(name: str, wanted: str) -> None:
    assert snake(name) == wanted


@pytest.fixture
def table() -> TerraformType:
    return TerraformType(type="x", names={"taints": "taint", "headers.values": "value"}, maps=("labels", "b.metadata"))


def test_an_object_is_a_list_of_one_block(table: TerraformType) -> None:
    done = table.translate({"nodeConfig": {"diskSizeGb": 20, "taints": [{"effect": "NO"}]}})
    assert done.values == {"node_config": [{"disk_size_gb": 20, "taint": [{"effect": "NO"}]}]}
    assert done.paths["node_config.taint.effect"] == "nodeConfig.taints.effect"


def test_a_name_may_depend_on_what_it_is_in(table: TerraformType) -> None:
    done = table.translate({"headers": [{"values": [1]}], "labelValues": {"values": [2]}})
    assert done.values == {"headers": [{"value": [1]}], "label_values": [{"values": [2]}]}


def test_keys_of_a_map_are_left_as_they_are(table: TerraformType) -> None:
    done = table.translate(
        {"labels": {"partOf": "x", "later": UNKNOWN}, "b": {"metadata": {"aB": 1}}, "metadata": {"aB": 1}}
    )
    assert done.values["labels"] == {"partOf": "x"}
    assert done.unknown["labels"] == {"later": True}
    assert done.values["b"] == [{"metadata": {"aB": 1}}]
    assert done.values["metadata"] == [{"a_b": 1}]


def test_what_is_not_known_is_left_out_and_marked(table: TerraformType) -> None:
    done = table.translate(
        {"name": UNKNOWN, "blocks": [{"a": 1}, {"a": UNKNOWN}], "list": ["x", UNKNOWN], "gone": None}
    )
    assert done.values == {"blocks": [{"a": 1}, {}], "list": ["x"]}
    assert done.unknown == {"name": True, "blocks": [False, {"a": True}], "list": [False, True]}
