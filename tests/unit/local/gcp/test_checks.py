"""What the provider refuses before it asks Google, and what it adds."""

import re
from typing import Any

import pytest

from local.gcp.checks import DEFAULTS, check
from local.gcp.kinds import UNKNOWN, Kind
from local.gcp.lifecycle import Subject

NETWORK = Subject.of("gcp:compute/network:Network").schema
SUBNETWORK = Subject.of("gcp:compute/subnetwork:Subnetwork").schema


def kind(**rules: Any) -> Kind:
    return Kind(token="gcp:compute/network:Network", id="{name}", api=None, source="a test", **rules)


def reasons(inputs: dict[str, Any], schema: Any = NETWORK, **rules: Any) -> list[str]:
    checked = check(schema, kind(**rules), inputs, olds={}, name="test", seed=b"1", config={})
    return [f"{one.path}: {one.reason}" for one in checked.failures]


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"colour": "red"}, "colour: An argument named 'colour' is not expected here."),
        ({"selfLink": "x"}, "selfLink: 'selfLink' is decided by the provider; it cannot be set."),
        ({"mtu": "1500"}, "mtu: Inappropriate value: a whole number is required, the text '1500' was given."),
        ({"mtu": 1.5}, "mtu: Inappropriate value: a whole number is required, a number was given."),
        ({"mtu": True}, "mtu: Inappropriate value: a whole number is required, true or false was given."),
        ({"description": ["a"]}, "description: Inappropriate value: a text is required, a list was given."),
        ({"params": {"x": 1}}, "params.x: An argument named 'x' is not expected here."),
    ],
)
def test_names_and_types(inputs: dict[str, Any], said: str) -> None:
    assert reasons(inputs) == [said]


def test_what_is_required_and_unknown_passes() -> None:
    assert reasons({"network": UNKNOWN, "ipCidrRange": UNKNOWN}, SUBNETWORK) == []
    assert reasons({}, SUBNETWORK) == ["network: Missing required argument. The argument 'network' is required."]
    ranges = {"network": "n", "secondaryIpRanges": [{"ipCidrRange": "10.0.0.0/8"}, UNKNOWN]}
    assert reasons(ranges, SUBNETWORK) == [
        "secondaryIpRanges[0].rangeName: Missing required argument. The argument 'rangeName' is required."
    ]


@pytest.mark.parametrize(
    ("rules", "inputs", "wrong"),
    [
        ({"required": ("description",)}, {}, True),
        ({"required": ("params.resourceManagerTags",)}, {}, False),
        ({"required": ("params.resourceManagerTags",)}, {"params": {}}, True),
        ({"one_of": (("description", "routingMode"),)}, {}, True),
        ({"one_of": (("description", "routingMode"),)}, {"description": UNKNOWN}, False),
        ({"one_of": (("description", "routingMode"),)}, {"description": "a", "routingMode": "b"}, True),
        ({"conflicts": (("description", "routingMode"),)}, {"description": "a", "routingMode": "b"}, True),
        ({"conflicts": (("description", "routingMode"),)}, {}, False),
        ({"at_least_one_of": (("description", "routingMode"),)}, {}, True),
        ({"values": {"mtu": range(1300, 8897)}}, {"mtu": 100}, True),
        ({"values": {"mtu": range(1300, 8897)}}, {"mtu": 8896}, False),
        ({"values": {"mtu": range(1300, 8897)}}, {"mtu": UNKNOWN}, False),
        ({"values": {"routingMode": frozenset({"GLOBAL"})}}, {"routingMode": "global"}, True),
        ({"values": {"description": re.compile("[a-z]+")}}, {"description": "abc1"}, True),
        ({"validations": (lambda inputs: ["no."] if inputs.get("mtu") == 1 else [],)}, {"mtu": 1}, True),
    ],
)
def test_rules_of_a_table(rules: dict[str, Any], inputs: dict[str, Any], wrong: bool) -> None:  # noqa: FBT001
    assert bool(reasons(inputs, **rules)) is wrong


def test_a_group_in_items_of_a_list() -> None:
    group = (("secondaryIpRanges.*.ipCidrRange", "secondaryIpRanges.*.reservedInternalRange"),)
    inputs = {
        "network": "n",
        "secondaryIpRanges": [{"rangeName": "a", "ipCidrRange": "10.0.0.0/8"}, {"rangeName": "b"}],
    }
    assert len(reasons(inputs, SUBNETWORK, one_of=group)) == 1


def test_an_automatic_name_is_kept_until_it_is_replaced() -> None:
    def named(olds: dict[str, Any], seed: bytes) -> dict[str, Any]:
        return check(NETWORK, kind(), {}, olds=olds, name="Shop", seed=seed, config={}).inputs

    first = named({}, b"1")
    assert re.fullmatch(r"shop-[0-9a-f]{7}", first["name"])
    assert first[DEFAULTS] == ["name"]
    assert named(first, b"2")["name"] == first["name"]
    assert named({}, b"2")["name"] != first["name"]
    given = check(NETWORK, kind(), {"name": "mine"}, olds=first, name="Shop", seed=b"1", config={}).inputs
    assert (given["name"], given[DEFAULTS]) == ("mine", [])


def test_what_the_provider_assumes() -> None:
    rules = kind(defaults={"autoCreateSubnetworks": True, "params.resourceManagerTags": {"a": "b"}})
    config = {"deletionPolicy": "PREVENT"}

    def checked(inputs: dict[str, Any]) -> dict[str, Any]:
        return check(NETWORK, rules, {"name": "n", **inputs}, olds={}, name="n", seed=b"", config=config).inputs

    assert checked({})["autoCreateSubnetworks"] is True
    assert checked({})["deletionPolicy"] == "PREVENT"
    assert "params" not in checked({})
    assert checked({"params": {}})["params"] == {"resourceManagerTags": {"a": "b"}}
    assert checked({"autoCreateSubnetworks": False})["autoCreateSubnetworks"] is False


def test_what_else_is_named_automatically() -> None:
    project = Subject.of("gcp:organizations/project:Project").schema
    named = check(project, kind(), {}, olds={}, name="A-very-long-name-for-a-project", seed=b"1", config={}).inputs
    assert re.fullmatch(r"a-very-long-name-for-a-[0-9a-f]{7}", named["projectId"])
    assert named["name"] == "A-very-long-name-for-a-project"
    assert named[DEFAULTS] == ["name", "projectId"]
    secret = Subject.of("gcp:secretmanager/secret:Secret").schema
    assert "secretId" in check(secret, kind(), {"replication": {}}, olds={}, name="s", seed=b"1", config={}).inputs
