"""What an overview is drawn from, and the names that its boxes and arrows share."""

from dataclasses import dataclass
from typing import Final

from policies.picture.parts import Part, Role
from policies.picture.stack import Stack
from policies.picture.traffic import Traffic
from policies.pods import TEMPLATES

RING: Final = 12
"""How many services of a namespace are drawn with every call; more are listed."""
SUPPLY: Final = (Role.DELIVERY, Role.REGISTRY, Role.KEYS, Role.BACKUP, Role.WATCH)
"""What stands below the cluster, in this order: each beside what it has most to do with."""


@dataclass
class View:
    """What an overview is made of."""

    stack: Stack
    detailed: bool
    """Every service and component, or each namespace as a whole."""
    links: bool

    @property
    def parts(self) -> list[Part]:
        """All of the stack."""
        return self.stack.parts

    @property
    def traffic(self) -> Traffic:
        """Who may call whom."""
        return self.stack.traffic

    def of(self, *roles: Role) -> list[Part]:
        """Its parts of these roles."""
        return [part for part in self.parts if part.role in roles]

    def link(self, part: Part) -> str | None:
        """Where a part leads to, in a page that has the place."""
        return f"#{anchor(part.urn)}" if self.links else None


def anchor(urn: str) -> str:
    """Name of the place in a page where a component's resources are drawn."""
    return "part-" + "-".join(urn.split("::")[-2:]).replace(":", "-").replace("$", "-").replace(" ", "-").lower()


def workloads_of(part: Part) -> list[str]:
    """URNs of what runs pods in a part."""
    return [one.urn for one in part.resources if one.type in TEMPLATES]


def space_id(space: str) -> str:
    """Id of a namespace's group."""
    return f"namespace {space}"
