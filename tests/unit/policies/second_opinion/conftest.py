"""The place of a stack's state, captured."""

import pytest

from infra import bootstrap, state
from infra.naming import Naming
from policies.capture import Capture
from policies.sources.program import capture_program, settings_of


@pytest.fixture(scope="session")
def place() -> Capture:
    """What `make bootstrap` registers for prod."""
    settings = settings_of("prod")
    assert settings.gcp is not None
    told = bootstrap.Bootstrap(
        names=Naming(prefix=settings.prefix, stack="prod"),
        settings=settings.gcp,
        tokens={state.AUTHORIZER: "one", state.READER: "other"},
        secrets=True,
    )
    return capture_program("prod", lambda: bootstrap.program(told))
