"""Names: one scheme, within the limits of where they are used."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import InvalidNameError
from infra.naming import LIMITS, Naming, check, logical

LABEL = st.from_regex(r"[a-z]([-a-z0-9]{0,28}[a-z0-9])?", fullmatch=True)


def test_a_physical_name_tells_prefix_stack_and_role() -> None:
    assert Naming(prefix="atm", stack="local").physical("edge", "gateway") == "atm-local-edge"


@given(LABEL, LABEL, LABEL, st.sampled_from(sorted(LIMITS)))
def test_a_physical_name_fits_or_is_refused_with_the_limit_and_its_source(
    prefix: str, stack: str, role: str, kind: str
) -> None:
    whole = f"{prefix}-{stack}-{role}"
    limit = LIMITS[kind]
    names = Naming(prefix=prefix, stack=stack)
    if len(whole) <= limit.length:
        assert names.physical(role, kind) == whole
    else:
        told = f'"{whole}" has {len(whole)} characters, at most {limit.length} fit a {kind} ({limit.source})'
        with pytest.raises(InvalidNameError, match=f"^{re.escape(told)}$"):
            names.physical(role, kind)


@pytest.mark.parametrize("name", ["", "A", "a_b", "-a", "a-", "1a"])
def test_a_name_that_is_no_label_is_refused(name: str) -> None:
    with pytest.raises(InvalidNameError, match="a lower-case DNS label is required"):
        check(name, "service")


@given(LABEL, LABEL, LABEL)
def test_labels_are_the_same_for_all_stacks_but_for_their_instance(prefix: str, stack: str, name: str) -> None:
    assert Naming(prefix=prefix, stack=stack).labels(name) == {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/part-of": "a-tu-mano",
        "app.kubernetes.io/instance": f"{prefix}-{stack}",
        "app.kubernetes.io/managed-by": "pulumi",
    }


def test_a_child_is_named_after_its_owner_and_role() -> None:
    assert logical("orders", "account") == "orders-account"
