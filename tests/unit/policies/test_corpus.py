"""Broken stacks: each has one thing wrong, which the rule that should say so says, of that resource, and no other rule.

A seed is made by editing the settings (the program then runs anew) or what a component asks for.
"""

import copy
import re
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from infra import settings_file
from infra.settings import ROOT
from policies import rules
from policies.capture import Capture, Resource
from policies.model import Status
from policies.sources import program
from tests.unit.policies.seeds.seed import Seed

FILES = sorted(file for file in (Path(__file__).parent / "seeds").glob("*.py") if file.stem != "seed")
SEEDS: list[Seed] = [
    seed for file in FILES for seed in import_module(f"tests.unit.policies.seeds.{file.stem}").SEEDS
]  # fmt: skip


@pytest.fixture(scope="module")
def sound(prod: Capture, dev: Capture, local: Capture) -> Mapping[str, tuple[Capture, set[tuple[str, str]]]]:
    """Each committed stack, and what its rules find wrong in it before anything is broken (waived or not)."""
    return {capture.stack: (capture, violated(capture)) for capture in (prod, dev, local)}


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"{seed.rule}: {seed.name}")
def test_a_broken_stack_is_caught_by_its_rule_alone(
    seed: Seed, sound: Mapping[str, tuple[Capture, set[tuple[str, str]]]]
) -> None:
    capture, known = sound[seed.stack]
    found = violated(broken(seed, capture)) - known
    wanted = seed.finds or seed.resource or "stack"
    assert {rule for rule, _ in found} == {seed.rule}, found
    if not seed.settings or seed.finds:
        assert (seed.rule, wanted) in found


def test_there_is_a_seed_for_every_rule() -> None:
    assert {rule.id for rule in rules.RULES} - {seed.rule for seed in SEEDS} == set()


def test_there_are_enough_of_both_kinds() -> None:
    assert len(SEEDS) >= 40
    assert len({(seed.rule, seed.name) for seed in SEEDS}) == len(SEEDS)
    assert sum(bool(seed.settings) for seed in SEEDS) >= 10


def violated(capture: Capture) -> set[tuple[str, str]]:
    """`<rule>` and `<type> <logical name>` of what is violated."""
    found = [finding for finding in rules.judge(capture).findings if finding.status is Status.VIOLATED]
    return {(finding.check, _named(finding.resource)) for finding in found}


def _named(resource: str) -> str:
    if not resource.startswith("urn:"):
        return resource
    *_, types, name = resource.split("::", 3)
    return f"{types.rpartition('$')[2]} {name}"


def broken(seed: Seed, capture: Capture) -> Capture:
    """The stack with the one thing wrong."""
    if seed.settings:
        capture = program.capture(seed.stack, changed_settings(seed))
    resources = list(capture.resources)
    if seed.resource is not None:
        [at] = [index for index, one in enumerate(resources) if f"{one.type} {one.name}" == seed.resource]
        if "*" in seed.remove:
            del resources[at]
        else:
            resources[at] = changed(resources[at], seed)
    if seed.add is not None:
        resources.append(added(capture, seed.add))
    return replace(capture, resources=tuple(resources))


def changed_settings(seed: Seed) -> dict[str, object]:
    where = settings_file.name_of(seed.stack)
    config = copy.deepcopy(dict(settings_file.read(ROOT / where, where)))
    for key, value in seed.settings.items():
        section, *path = key.split(".")
        if not path:
            config[f"a-tu-mano:{section}"] = value
            continue
        into: Any = config.setdefault(f"a-tu-mano:{section}", {})
        for step in path[:-1]:
            into = into.setdefault(step, {})
        into[path[-1]] = value
    return config


def changed(resource: Resource, seed: Seed) -> Resource:
    inputs = copy.deepcopy(dict(resource.inputs))
    sources = dict(resource.property_dependencies)
    for path, value in seed.set.items():
        _edit(inputs, path, value)
        # What is written there now comes from nowhere.
        sources.pop(re.split(r"[.\[]", path)[0], None)
    for path in seed.remove:
        _edit(inputs, path, None)
    return replace(
        resource, inputs=inputs, property_dependencies=sources, protect=resource.protect and not seed.unprotect
    )  # fmt: skip


def added(capture: Capture, described: Mapping[str, Any]) -> Resource:
    urn = f"urn:pulumi:{capture.stack}::{capture.project}::{described['type']}::{described['name']}"
    return Resource(urn=urn, **described)


def _edit(inputs: Any, path: str, value: Any) -> None:
    """Put a value at a path such as "spec.containers[0].image"; None takes what is there away."""
    steps = [int(index) if index else key for key, index in re.findall(r"([^.\[\]]+)(?![^\[]*\])|\[(\d+)\]", path)]
    for step in steps[:-1]:
        inputs = inputs[step] if isinstance(step, int) else inputs.setdefault(step, {})
    if value is None:
        del inputs[steps[-1]]
    elif isinstance(steps[-1], int) and steps[-1] == len(inputs):
        inputs.append(value)
    else:
        inputs[steps[-1]] = value
