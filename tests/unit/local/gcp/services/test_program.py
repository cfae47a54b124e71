"""The program itself against the tables: `dev` and `prod` register into an emulated cloud, without an engine.

What this does not prove: that the engine asks for it in an order that works; `make rehearse` does.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime import mocks
from pulumi.runtime.settings import ROOT as ROOT_RESOURCE
from pulumi.runtime.stack import run_pulumi_func

from infra import bootstrap, state
from infra.composition import compose
from infra.naming import Naming
from infra.settings import Stack
from local.gcp.kinds import Refused
from local.gcp.lifecycle import Config
from local.rehearsal.overlay import ONLY_THE_USER_KNOWS
from tests.unit.infra import recorder
from tests.unit.local.gcp.services.emulated import CheckedError, Gcp, Made

SECRET = "4dabf18193072939515e22adb298388d"


@dataclass
class Registered(recorder.Recording):
    """What a program registers is made in the cloud."""

    gcp: Gcp = field(kw_only=True)
    made: list[Made] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if not args.typ.startswith("gcp:"):
            return super().new_resource(args)
        try:
            made = self.gcp.register(args.typ, plain(args.inputs), args.name)
        except (CheckedError, Refused) as error:
            self.refused.append(f"{args.typ} {args.name}: {error}")
            return super().new_resource(args)
        self.made.append(made)
        return made.id, {**args.inputs, **made.resource.outputs}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return dict(self.gcp.invoke(args.token, **plain(args.args))), []


def plain(value: Any) -> Any:
    """Inputs as the provider reads them: secrets unwrapped, numbers without a fraction whole."""
    if isinstance(value, Mapping):
        if SECRET in value:
            return plain(value["value"])
        return {name: plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def run(program: Callable[[], None], registered: Registered, stack: str) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    threads = ThreadPoolExecutor(max_workers=1)
    loop.set_default_executor(threads)
    try:
        ROOT_RESOURCE.set(None)
        mocks.set_mocks(registered, project="a-tu-mano", stack=stack, preview=False)
        loop.run_until_complete(run_pulumi_func(program))
    finally:
        threads.submit(lambda: asyncio.get_event_loop_policy().get_event_loop().close()).result()
        threads.shutdown()
        asyncio.set_event_loop(None)
        loop.close()
        ROOT_RESOURCE.set(None)


@dataclass(frozen=True)
class Up:
    """A stack that is up in the cloud."""

    gcp: Gcp
    stack: Stack
    begun: Registered
    """What bootstrap made."""
    made: Registered


AUTOPILOT = {"mode": "autopilot", "regional": True, "pools": {}}


@pytest.fixture(
    scope="module",
    params=[("dev", {}), ("prod", {}), ("dev", AUTOPILOT)],
    ids=["dev", "prod", "autopilot"],
)
def up(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    name, cluster = request.param
    values = recorder.rehearsed_values(name)
    values["gcp"]["protect"] = False
    values["gcp"]["cluster"] |= cluster
    stack = recorder.stack_of(values, name)
    settings = stack.settings.gcp
    assert settings is not None
    config = Config(region=settings.region, attribution=False)
    folder: Path = tmp_path_factory.mktemp(name)
    gcp = Gcp(folder, config, ONLY_THE_USER_KNOWS["project"]["billingAccount"])
    begun, made = Registered(gcp=gcp), Registered(gcp=gcp)
    told = bootstrap.Bootstrap(
        names=Naming(prefix=stack.settings.prefix, stack=name),
        settings=settings,
        tokens=dict.fromkeys(state.TOKENS, "a-token"),
        secrets=True,
    )
    run(lambda: bootstrap.program(told), begun, name)
    run(lambda: compose(stack).export(), made, name)
    yield Up(gcp, stack, begun, made)
    gcp.store.close()


def test_nothing_is_refused(up: Up) -> None:
    assert up.begun.refused == []
    assert up.made.refused == []
    assert len(up.made.made) > 100


def test_a_second_preview_shows_nothing(up: Up) -> None:
    shown = {one.id: up.gcp.changes(one).changes for one in (*up.begun.made, *up.made.made)}
    assert {id_: changes for id_, changes in shown.items() if changes} == {}


def test_it_is_gone_in_the_reverse_order(up: Up) -> None:
    for one in reversed(up.made.made):
        up.gcp.delete(one)
    begun = {one.resource.project for one in up.begun.made}
    own = {one.resource.project for one in up.made.made} - begun - {""}
    with up.gcp.store.transaction() as world:
        assert not [one.id for one, _ in world.every() if one.project in own and not one.deleted]
