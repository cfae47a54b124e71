"""All tables of `services/`, and a kind for every type: its table's, or what can be said without one."""

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache

from local.gcp import services
from local.gcp.generic import kind_without_table
from local.gcp.kinds import Agent, Invoke, Kind
from local.gcp.schema import Schema


@dataclass(frozen=True, slots=True)
class Tables:
    """What all services' tables say."""

    kinds: dict[str, Kind]
    agents: tuple[Agent, ...]
    invokes: dict[str, Invoke]


@cache
def tables() -> Tables:
    """Read every module of `services/`."""
    kinds: dict[str, Kind] = {}
    agents: list[Agent] = []
    invokes: dict[str, Invoke] = {}
    for found in pkgutil.iter_modules(services.__path__):
        module = importlib.import_module(f"{services.__name__}.{found.name}")
        kinds |= {kind.token: kind for kind in getattr(module, "KINDS", ())}
        agents += getattr(module, "AGENTS", ())
        invokes |= getattr(module, "INVOKES", {})
    return Tables(kinds, tuple(agents), invokes)


@cache
def _without_table(schema: Schema) -> Kind:
    return kind_without_table(schema)


def kind_of(schema: Schema) -> Kind:
    """The kind of a type that the SDK knows."""
    return tables().kinds.get(schema.token) or _without_table(schema)
