"""One recording of stack `local` for all tests that only look at it."""

from typing import Any

import pytest

from tests.unit.infra.recorder import Recording, local_values, record, stack_of


@pytest.fixture(scope="session")
def local() -> tuple[Recording, dict[str, Any]]:
    """What stack `local` registers, and its outputs."""
    return record(stack_of(local_values()))


@pytest.fixture(scope="session")
def recording(local: tuple[Recording, dict[str, Any]]) -> Recording:
    """What stack `local` registers."""
    return local[0]
