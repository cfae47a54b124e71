"""The tables against the SDK, and against what the project registers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.gcp.kinds import Kind
from local.gcp.schema import Schema, Type, load
from local.gcp.tables import tables

INFRA = Path(__file__).parents[5] / "infra"
KINDS = tables().kinds
_PLACE = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]+/\S+")


def _step(schema: Schema, within: Type | None, step: str) -> Type | None:
    if step == "*":
        return within.of if within is not None else None
    if within is not None and within.kind != "object":
        return None
    fields = schema.properties if within is None else schema.fields(within)
    found = fields.get(step)
    return found.type if found is not None and (found.input or within is not None) else None


def _paths(kind: Kind) -> Iterator[str]:
    yield from kind.immutable or ()
    yield from (*kind.required, *kind.values, *kind.defaults, *kind.computed)
    yield from (reference.path for reference in kind.references)
    for group in (*kind.one_of, *kind.at_least_one_of, *kind.conflicts):
        yield from group
    if kind.protected:
        yield kind.protected
    yield from re.findall(r"\{/?([A-Za-z0-9_.]+)\}", kind.id)


@pytest.mark.parametrize("token", sorted(KINDS))
def test_every_path_of_a_table_is_in_the_sdk(token: str) -> None:
    schema = load(token)
    assert schema is not None, f"the SDK has no {token}"
    for path in sorted(set(_paths(KINDS[token]))):
        within: Type | None = None
        for step in path.split("."):
            within = _step(schema, within, step)
            assert within is not None, f"{token} has no {path}: there is no {step}"


@pytest.mark.parametrize("token", sorted(KINDS))
def test_every_output_by_which_others_name_it_is_in_the_sdk(token: str) -> None:
    schema = load(token)
    assert schema is not None
    given = KINDS[token].names
    # What every kind has unless it says otherwise.
    assert given == ("selfLink", "name", "email") or set(given) <= {*schema.properties, "number"}


@pytest.mark.parametrize("token", sorted(KINDS))
def test_a_table_says_where_it_is_from(token: str) -> None:
    assert _PLACE.fullmatch(KINDS[token].source), f"{token}: {KINDS[token].source}"


@pytest.mark.parametrize("token", sorted(KINDS))
def test_a_reference_leads_to_a_kind_that_there_is(token: str) -> None:
    for reference in KINDS[token].references:
        for to in reference.to:
            assert to in KINDS or to.startswith("cloud:"), f"{token}: {reference.path} leads to {to}"


def _registered() -> Iterator[tuple[str, str]]:
    """Classes of the SDK that infra/ calls: `kms.CryptoKey`, with the file."""
    for file in sorted(INFRA.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "pulumi_gcp":
                names |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
            elif isinstance(node, ast.Import):
                names |= {one.asname or one.name: one.name for one in node.names if one.name == "pulumi_gcp"}
        for node in ast.walk(tree):
            parts: list[str] = []
            called = node.func if isinstance(node, ast.Call) else None
            while isinstance(called, ast.Attribute):
                parts.append(called.attr)
                called = called.value
            if isinstance(called, ast.Name) and called.id in names:
                yield ".".join([names[called.id], *reversed(parts)]).removeprefix("pulumi_gcp."), file.name


def test_every_type_that_the_program_registers_has_a_table() -> None:
    known = {(token.split(":")[1].partition("/")[0], token.rpartition(":")[2]) for token in KINDS}
    registered = set(_registered())
    assert registered, "the scan of infra/ found nothing, so it proves nothing"
    for name, file in sorted(registered):
        module, _, class_ = name.rpartition(".")
        if not module or not class_[:1].isupper() or class_.endswith("Args"):
            continue
        assert (module, class_) in known, f"{file} registers gcp.{name}, which has no table in local/gcp/services"


def test_every_service_agent_belongs_to_an_api_and_is_named_once() -> None:
    agents = tables().agents
    assert len({(agent.email, agent.on) for agent in agents}) == len(agents)
    assert all(agent.api.endswith(".googleapis.com") for agent in agents)
