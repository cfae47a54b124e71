"""The committed stacks, each captured once."""

import pytest

from policies.capture import Capture
from policies.sources.program import capture


@pytest.fixture(scope="session")
def prod() -> Capture:
    return capture("prod")


@pytest.fixture(scope="session")
def dev() -> Capture:
    return capture("dev")


@pytest.fixture(scope="session")
def local() -> Capture:
    return capture("local")
