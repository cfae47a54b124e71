"""The graph of `make up`."""

from pathlib import Path

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


def test_nothing_is_started_before_the_settings_were_checked() -> None:
    for steps in (up.own_cluster(), up.named_cluster("kind-dev")):
        (cluster,) = (step for step in steps if step.name == "cluster")
        assert "settings" in cluster.needs


def test_a_shop_stays_in_the_cluster_it_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "STATE", tmp_path)
    assert up._elsewhere(None) is None
    assert up._elsewhere("kind-dev") is None
    (tmp_path / "kubeconfig").touch()
    assert up._elsewhere("kind-dev") is None
    assert "CONTEXT is not set. Name it again." in str(up._elsewhere(None))
    (tmp_path / "kubeconfig").unlink()
    (tmp_path / "cluster").mkdir()
    assert up._elsewhere(None) is None
    assert "CONTEXT is 'kind-dev', but the shop" in str(up._elsewhere("kind-dev"))


def test_a_named_cluster_builds_no_kubernetes() -> None:
    assert "tools" not in {step.name for step in up.named_cluster("kind-dev")}
