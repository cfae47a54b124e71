import pytest

from local.gcp import roles
from local.gcp.kinds import UNKNOWN
from local.gcp.rules import given, known, region, settled, values, zones


@pytest.mark.parametrize(
    ("location", "expected"),
    [("europe-west1-b", "europe-west1"), ("europe-west1", "europe-west1"), ("global", "global"), ("us", "us")],
)
def test_the_region_of_a_place(location: str, expected: str) -> None:
    assert region(location) == expected


def test_zones_have_the_letters_that_the_region_has() -> None:
    assert zones("us-central1") == [f"us-central1-{letter}" for letter in "abcf"]
    assert zones("europe-west4") == [f"europe-west4-{letter}" for letter in "abc"]


@pytest.mark.parametrize(
    ("role", "services", "wrong"),
    [
        ("roles/owner", (), False),
        ("roles/owner", ("cloudkms",), True),
        ("roles/cloudkms.admin", ("cloudkms",), False),
        ("roles/cloudkms.administrator", (), True),
        ("roles/aservice.reader", (), False),
        ("organizations/123/roles/auditor", ("cloudkms",), False),
        ("projects/atm/roles/no-dash", (), True),
        ("cloudkms.admin", (), True),
    ],
)
def test_which_roles_there_are(role: str, services: tuple[str, ...], *, wrong: bool) -> None:
    assert (roles.problem(role, services) is not None) is wrong


def test_a_rule_ends_where_it_needs_what_is_not_known() -> None:
    inputs = {"a": {"b": UNKNOWN, "c": 1}, "d": UNKNOWN, "e": [{"f": 1}, {"f": UNKNOWN}]}

    def check(said: str, path: str) -> list[str]:
        def validation(properties: object) -> list[str]:
            assert properties is inputs
            return [said] if known(inputs, path) is not None else []

        [settling] = settled(validation)
        return list(settling(inputs))

    assert check("said", "a.c") == ["said"]
    assert check("said", "a.x") == []
    assert check("said", "a.b") == []
    assert check("said", "a") == []
    assert given(inputs, "a.b")
    assert not given(inputs, "a.x.y")
    assert [where for where, _ in values(inputs, "e.*")] == ["e[0]"]
