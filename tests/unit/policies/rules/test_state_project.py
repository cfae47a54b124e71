"""What `make bootstrap` makes, the project of the state, is held to the same rules."""

import pytest

from infra import bootstrap, state
from infra.naming import Naming
from policies.capture import Capture
from policies.model import Status
from policies.rules import judge
from policies.sources.program import capture_program, settings_of

NOT_OF_A_STATE = {"stack-budget", "stack-uptime"}
"""It costs a few cents a month, and nobody visits it."""


@pytest.fixture(scope="module", params=["prod", "dev"])
def made(request: pytest.FixtureRequest) -> Capture:
    settings = settings_of(request.param)
    assert settings.gcp is not None
    told = bootstrap.Bootstrap(
        names=Naming(prefix=settings.prefix, stack=request.param),
        settings=settings.gcp,
        tokens=dict.fromkeys(state.TOKENS, "x"),
        secrets=True,
    )
    return capture_program(request.param, lambda: bootstrap.program(told))


def test_the_project_of_the_state_keeps_the_rules(made: Capture) -> None:
    wrong = {finding.check for finding in judge(made).findings if finding.status is Status.VIOLATED}
    assert wrong == NOT_OF_A_STATE


@pytest.mark.parametrize("rule", ["delivery-secrets-own-key", "stack-secrets-marked", "stack-protection"])
def test_what_no_stack_has_is_judged_here(made: Capture, rule: str) -> None:
    found = [finding.status for finding in judge(made).findings if finding.check == rule]
    assert Status.COMPLIANT in found
