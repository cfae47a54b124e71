"""A broken stack: one thing wrong, and the one rule that has to say so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Seed:
    """A stack with one violation, made by its settings or by what a component asks for."""

    name: str
    """What is wrong, in words."""
    rule: str
    stack: str = "prod"
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Key of the settings without their namespace to value, e.g. {"gcp.cluster.regional": False}."""
    resource: str | None = None
    """`<type> <logical name>` of the resource whose inputs are changed, e.g. "gcp:kms/keyRing:KeyRing keys"."""
    set: Mapping[str, Any] = field(default_factory=dict)
    """Property path to the wrong value."""
    remove: Sequence[str] = ()
    """Property paths that are taken away; "*" takes the whole resource away."""
    unprotect: bool = False
    """Whether its protection is taken away."""
    add: Mapping[str, Any] | None = None
    """A resource that is one too many: {"type", "name", "inputs"}."""
    finds: str | None = None
    """`<type> <logical name>` of the finding's resource, or "stack", where it is not the one changed."""
