"""The graph of `make up`."""

import pytest

from local import up
from local.steps import Step


@pytest.mark.parametrize("steps", [up.own_cluster(), up.named_cluster("kind-dev")], ids=["own", "named"])
def test_every_need_is_a_step_that_can_come_first(steps: list[Step]) -> None:
    waiting, done = [*steps, *up.deployment()], set[str]()
    assert len({step.name for step in waiting}) == len(waiting)
    while waiting:
        ready = [step for step in waiting if done.issuperset(step.needs)]
        assert ready, f"{[step.name for step in waiting]} wait for what never comes"
        done |= {step.name for step in ready}
        waiting = [step for step in waiting if step not in ready]


def test_the_engine_starts_only_after_the_settings_were_checked() -> None:
    (stack,) = (step for step in up.deployment() if step.name == "stack")
    assert {"settings", "delivery"} <= set(stack.needs)


def test_a_named_cluster_builds_no_kubernetes() -> None:
    assert "tools" not in {step.name for step in up.named_cluster("kind-dev")}
