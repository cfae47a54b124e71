"""The parts of a GCP stack that the other ones are built on, for tests of one component."""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.components import budget, keys, registry, vpc
from infra.components.keys import Keys, KeysArgs
from infra.components.project import Project, ProjectArgs
from infra.components.service_agents import SERVICE_AGENTS
from infra.naming import Naming
from infra.settings_gcp import GcpSettings
from infra.settings_models import StackSettings
from tests.unit.infra.recorder import rehearsed_values

NAMES = Naming(prefix="atm", stack="dev")
APIS = tuple(sorted({*budget.APIS, *keys.APIS, *registry.APIS, *vpc.APIS, *SERVICE_AGENTS}))


def gcp_settings(stack: str = "dev", **changes: Mapping[str, Any] | bool) -> GcpSettings:
    """The GCP settings of a rehearsal with changes to its sections, keys as in the file."""
    values = rehearsed_values(stack)
    for section, change in changes.items():
        if isinstance(change, Mapping):
            values["gcp"].setdefault(section, {}).update(change)
        else:
            values["gcp"][section] = change
    settings = StackSettings.model_validate(values).gcp
    assert settings is not None
    return settings


def make_project(settings: GcpSettings, apis: Sequence[str] = APIS) -> Project:
    """The stack's project."""
    return Project(
        "project",
        ProjectArgs(
            names=NAMES,
            settings=settings.project,
            apis=tuple(apis),
            protect=settings.protect,
            region=settings.region,
            labels={"stack": "dev"},
        ),
    )


def make_keys(settings: GcpSettings, project: Project) -> Keys:
    """The stack's keys."""
    return Keys(
        "keys",
        KeysArgs(
            names=NAMES,
            settings=settings.keys,
            project=project.id,
            number=project.number,
            apis=project.apis,
            location=settings.region,
            protect=settings.protect,
        ),
    )
