"""Named types: quantities have amounts, and nothing is coerced."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from infra import settings_types as types


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1", "1"),
        ("50m", "0.05"),
        ("0.5", "0.5"),
        ("1k", "1000"),
        ("1Ki", "1024"),
        ("128Mi", "134217728"),
        ("1G", "1000000000"),
        ("1Gi", "1073741824"),
        ("2Ti", "2199023255552"),
    ],
)
def test_a_quantity_has_the_amount_kubernetes_gives_it(text: str, amount: str) -> None:
    assert types.quantity(text) == Decimal(amount)


@given(st.integers(1, 10**6), st.sampled_from(["m", "k", "M", "G", "Ki", "Mi", "Gi"]))
def test_a_quantity_grows_with_its_number(number: int, unit: str) -> None:
    assert types.quantity(f"{number}{unit}") < types.quantity(f"{number + 1}{unit}")


@pytest.mark.parametrize("text", ["", "m", "1KB", "-1", "1 Gi", "1.", "0x10", "1gi"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity"):
        types.quantity(text)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (types.Port, [1, 65535], [0, 65536, "80", 80.0, True, None]),
        (types.ContainerPort, [1024, 65535], [1023, 80]),
        (types.Path, ["/", "/orders", "/a/b-c", "/v1.2"], ["", "orders", "/Orders", "/a//b", "/a/", "//"]),
        (types.DnsLabel, ["a", "a-1", "a" * 63], ["", "A", "-a", "a-", "1a", "a.b", "a" * 64]),
        (types.Prefix, ["atm", "a1"], ["a", "1a", "a-b", "a" * 11]),
        (types.SecretName, ["csrf_key", "a"], ["Csrf", "_a", "a__b", "a-b", "../a"]),
        (types.VariableName, ["LOG_LEVEL", "A1"], ["log", "_A", "1A", "A-B", "A=B"]),
        (types.Context, [None, "kind-x"], ["", 1]),
        (
            types.Url,
            ["http://localhost:8080", "https://shop.example"],
            ["localhost", "http://x/", "ftp://x", "http://"],
        ),
        (types.KubernetesMinor, ["v1.36"], ["1.36", "v1.36.3", "latest", "v1.0"]),
        (types.IpRange, ["10.0.0.0/8", "2001:db8::/32"], ["10.0.0.0", "10.0.0.1/8", "x/8", 8]),
        (types.Switch, [True, False], ["true", 1, None]),
        (types.Percent, [10, 100], [9, 101, 50.5]),
    ],
)
def test_a_type_takes_what_it_says_as_it_is_written(kind: Any, good: list[object], bad: list[object]) -> None:
    adapter: TypeAdapter[object] = TypeAdapter(kind)
    for value in good:
        assert adapter.validate_python(value) is value
    for value in bad:
        with pytest.raises(ValidationError) as raised:
            adapter.validate_python(value)
        assert raised.value.error_count() == 1
