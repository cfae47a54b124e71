"""What a change of each setting does to a stack that is up: one row a setting, found by the program and the provider.

The program is run before and after the change; what differs is judged by the emulated provider's comparison, which has
the real provider's rules, and for Kubernetes by the fields that its API never changes. Written to docs/changes.md.
"""

import copy
import json
import multiprocessing
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, Final

from infra.errors import SettingsError
from infra.settings import ROOT, parse
from infra.settings_problems import NAMESPACE
from local import guard
from local.rehearsal.overlay import rehearsed
from policies.capture import Resource
from policies.replacement import replacing
from tests.unit.infra.recorder import Recording, record, stack_of

FILE: Final[Path] = ROOT / "docs" / "changes.md"
STACK: Final = "dev"
_POOLS: Final = {
    "services": {"purpose": "services", "machineType": "e2-standard-2", "spot": True, "min": 1, "max": 3},
    "database": {"purpose": "database", "machineType": "e2-standard-2", "min": 1, "max": 3},
}
_RESOURCES: Final = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}
_FREEZE: Final = {"start": "2026-12-20T00:00:00Z", "end": "2027-01-04T00:00:00Z"}

CHANGES: Final[tuple[tuple[str, Any], ...]] = (
    ("prefix", "shop"),
    ("gcp.region", "europe-west1"),
    ("gcp.zone", "us-central1-c"),
    ("gcp.protect", False),
    ("gcp.project.billingAccount", "0D0D0D-0E0E0E-0F0F0F"),
    ("gcp.project.contact", "other@example.com"),
    ("gcp.project.id", "another-project"),
    ("gcp.project.create", False),
    ("gcp.project.parent", "folders/123456789012"),
    ("gcp.project.auditDataAccess", False),
    ("gcp.state.project", "another-state"),
    ("gcp.state.create", False),
    ("gcp.keys.rotationDays", 30),
    ("gcp.keys.protection", "HSM"),
    ("gcp.keys.ring", "2"),
    ("gcp.network.nodes", "10.11.0.0/20"),
    ("gcp.network.pods", "10.21.0.0/16"),
    ("gcp.network.services", "10.31.0.0/20"),
    ("gcp.network.flowLogs", 0.1),
    ("gcp.cluster.mode", "autopilot"),
    ("gcp.cluster.regional", True),
    ("gcp.cluster.releaseChannel", "STABLE"),
    ("gcp.cluster.maintenance.start", "01:00"),
    ("gcp.cluster.maintenance.hours", 8),
    ("gcp.cluster.maintenance.days", ["MO", "TU", "WE"]),
    ("gcp.cluster.maintenance.exclusions", {"holidays": _FREEZE}),
    ("gcp.cluster.pools.services.machineType", "e2-standard-4"),
    ("gcp.cluster.pools.services.spot", False),
    ("gcp.cluster.pools.services.min", 2),
    ("gcp.cluster.pools.services.max", 5),
    ("gcp.cluster.pools.services.diskGb", 100),
    ("gcp.cluster.pools.services.diskType", "pd-ssd"),
    ("gcp.cluster.pools.database.purpose", "services"),
    ("gcp.cluster.pools", _POOLS | {"more": _POOLS["services"]}),
    ("gcp.cluster.volumes", "pd-ssd"),
    ("gcp.cluster.admins", ["group:platform@example.com"]),
    ("gcp.cluster.binaryAuthorization", "audit"),
    ("gcp.cluster.managedPrometheus", False),
    ("gcp.cluster.costAllocation", False),
    ("gcp.cluster.backup", {"keepDays": 14}),
    ("gcp.registry.keepVersions", 5),
    ("gcp.registry.deleteAfterDays", 60),
    ("gcp.registry.scan", True),
    ("gcp.edge.domain", "new.example.com"),
    ("gcp.edge.zone", "example.com"),
    ("gcp.edge.createZone", False),
    ("gcp.edge.cloudArmor", False),
    ("gcp.edge.requestsPerMinute", 1200),
    ("gcp.edge.waf", "audit"),
    ("gcp.delivery.region", "europe-west1"),
    ("gcp.delivery.bitbucket.workspace", "other"),
    ("gcp.delivery.bitbucket.repository", "other"),
    ("gcp.delivery.bitbucket.workspaceUuid", "44444444-4444-4444-8444-444444444444"),
    ("gcp.delivery.bitbucket.repositoryUuid", "44444444-4444-4444-8444-444444444444"),
    ("gcp.delivery.bitbucket.environmentUuid", "44444444-4444-4444-8444-444444444444"),
    ("gcp.delivery.approvers", ["user:ana@example.com"]),
    ("gcp.delivery.builder", "golang:1.27.1-bookworm"),
    ("gcp.delivery.launcher", "docker:29.0.1-cli"),
    ("gcp.delivery.machine", "E2_HIGHCPU_32"),
    ("gcp.delivery.minutes", 30),
    ("gcp.delivery.triggers", {"develop": {"branch": "develop"}}),
    ("gcp.delivery.triggers.develop.branch", "main"),
    ("gcp.delivery.triggers.develop.approval", True),
    ("gcp.delivery.triggers.develop.pullRequest", True),
    ("gcp.observability.availability", 0.995),
    ("gcp.observability.latencyMs", 300),
    ("gcp.observability.latencyShare", 0.9),
    ("gcp.observability.logDays", 60),
    ("gcp.budget.amount", 200),
    ("gcp.budget.currency", "EUR"),
    ("gcp.budget.thresholds", [0.8, 1.0]),
    ("kubernetes.podSecurity", "v1.35"),
    ("kubernetes.dns", {"pods": ["kube-dns"], "ranges": ["169.254.20.10/32"]}),
    ("namespaces.services", "store"),
    ("namespaces.database", "data"),
    ("namespaces.edge", "front"),
    ("namespaces.monitoring", "other"),
    ("edge.gatewayClass", "gke-l7-regional-external-managed"),
    ("edge.port", 8080),
    ("edge.proxyRanges", ["35.191.0.0/16"]),
    ("database.storage", "20Gi"),
    ("database.storageClass", "premium-rwo"),
    ("database.resources", {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "2Gi"}}),
    ("services.orders.path", "/order"),
    ("services.orders.port", 8081),
    ("services.orders.metricsPort", 9091),
    ("services.orders.replicas.min", 3),
    ("services.orders.replicas.max", 8),
    ("services.orders.replicas.cpu", 60),
    ("services.orders.resources", {"requests": {"cpu": "200m", "memory": "128Mi"}, "limits": {"memory": "512Mi"}}),
    ("services.frontend.page", {"path": "/", "content": "Tienda"}),
    ("services.products.database", False),
    ("services.products.calls", []),
    ("services.products.secrets", ["another"]),
    ("services.orders.environment", {"LOG_LEVEL": "debug"}),
    ("services.reviews", {"path": "/reviews", "replicas": {"min": 2, "max": 4}, "resources": _RESOURCES}),
)
"""Settings and the value each is changed to, on the stack of STACK."""


def rows() -> Iterator[tuple[str, str, str]]:
    """Setting, new value, and what the change does, in words."""
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as workers:
        for (setting, value), what in zip(CHANGES, workers.map(effect, *zip(*CHANGES, strict=True)), strict=True):
            yield setting, json.dumps(value, ensure_ascii=False), what


@cache
def _unchanged() -> Recording:
    return record(stack_of(_own(_config()), STACK))[0]


def effect(setting: str, value: Any) -> str:
    """What a change of one setting does."""
    config = _config()
    _put(config, setting, value)
    try:
        settings = parse(STACK, f"stacks/Pulumi.{STACK}.yaml", config)
    except SettingsError as error:
        first = error.problems[0]
        return f"refused: `{first.subject}` {first.found}, {first.required}"
    after = record(stack_of(settings.model_dump(by_alias=True, mode="json"), STACK))[0]
    return "; ".join(_summary(_unchanged(), after)) or "nothing"


def _config() -> dict[str, Any]:
    from tests.unit.infra.recorder import _config as committed  # noqa: PLC0415

    config = rehearsed(committed(STACK))
    # `dev` has no Cloud Armor, and what is set for it would change nothing.
    config[f"{NAMESPACE}:gcp"]["edge"]["cloudArmor"] = True
    return config


def _own(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key.removeprefix(f"{NAMESPACE}:"): value for key, value in config.items()}


def _put(config: dict[str, Any], setting: str, value: Any) -> None:
    first, *rest = setting.split(".")
    key = f"{NAMESPACE}:{first}"
    if not rest:
        config[key] = value
        return
    inner = config.setdefault(key, {})
    for part in rest[:-1]:
        inner = inner.setdefault(part, {})
    inner[rest[-1]] = copy.deepcopy(value)


def _summary(before: Recording, after: Recording) -> Iterator[str]:
    olds, news = _resources(before), _resources(after)
    found: dict[str, list[tuple[str, str]]] = {}
    for key in sorted({*olds, *news}):
        op = _operation(key, olds.get(key), news.get(key), after)
        if op:
            found.setdefault(op, []).append(key)
    lost = [key for op in ("replaced", "deleted") for key in found.get(op, []) if key[0] in guard.LOSSES]
    if lost:
        yield f"**refused by the guard**: {_listed(lost)} would be lost"
    for op in ("created", "changed in place", "replaced", "deleted"):
        rest = [key for key in found.get(op, []) if key not in lost]
        if rest:
            yield f"{op}: {_listed(rest)}"


def _listed(keys: list[tuple[str, str]]) -> str:
    """Kinds, each with its number if there are several."""
    counts: dict[str, int] = {}
    for token, _ in keys:
        kind = token.rpartition(":")[2]
        counts[kind] = counts.get(kind, 0) + 1
    return ", ".join(kind if number == 1 else f"{number} {kind}" for kind, number in counts.items())


def _resources(recording: Recording) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (resource.typ, resource.name): resource.inputs
        for resource in recording.resources
        if resource.custom and not resource.typ.startswith("pulumi:")
    }


def _operation(
    key: tuple[str, str], old: dict[str, Any] | None, new: dict[str, Any] | None, after: Recording
) -> str | None:
    if old is None:
        return "created"
    if new is None:
        return "deleted"
    ignored = after.options[key].ignore_changes
    one, other = (
        Resource(urn="", type=key[0], name=key[1], inputs=_without(inputs, ignored), ignore_changes=ignored)
        for inputs in (old, new)
    )
    if replacing(one, other):
        return "replaced"
    return None if one.inputs == other.inputs else "changed in place"


def _without(inputs: dict[str, Any], ignored: Iterable[str]) -> dict[str, Any]:
    left = copy.deepcopy(inputs)
    for path in ignored:
        _forget(left, path.split("."))
    return left


def _forget(value: dict[str, Any], path: list[str]) -> None:
    inner: Any = value
    for part in path[:-1]:
        inner = inner.get(part) if isinstance(inner, dict) else None
    if isinstance(inner, dict):
        inner.pop(path[-1], None)


def document() -> str:
    """The page."""
    lines = [
        "# What a change of a setting does",
        "",
        "Made by `make golden`; do not edit. Each row is one change to the settings of `dev` as a rehearsal runs them,",
        "with Cloud Armor. What the engine would do was found by running the program before and after and comparing",
        "what it registers by the rules of the providers. *Refused by the guard* means that `make up` does not do it",
        "([the runbook](runbooks/replacement.md) has the way on), *refused* that the settings contradict each other.",
        "",
        "| Setting | Changed to | What happens |",
        "|---|---|---|",
        *(f"| `{setting}` | `{value}` | {what} |" for setting, value, what in rows()),
    ]
    return "\n".join(lines) + "\n"
