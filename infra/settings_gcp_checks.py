"""What relates two values of the GCP settings to each other, and what their names have to fit."""

import datetime
import ipaddress
import itertools
from collections.abc import Iterator
from typing import Final

from infra import naming
from infra.errors import InvalidNameError, Problem
from infra.settings_gcp import (
    ClusterSettings,
    DeliverySettings,
    ExclusionSettings,
    GcpSettings,
    NetworkSettings,
    PoolSettings,
)
from infra.settings_problems import key, quoted

_RANGES: Final = {"nodes": (20, 29), "pods": (12, 21), "services": (16, 27)}
"""Shortest and longest prefix of each range. Source: cloud.google.com/kubernetes-engine/docs/concepts/alias-ips."""
_PRIVATE: Final = [ipaddress.IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
_LONGEST_FREEZE_DAYS: Final = 30
"""Days an exclusion of all upgrades may last.

Source: cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions."""
_LONGEST_EXCLUSION_DAYS: Final = 180
_MOST_FREEZES: Final = 3
_MOST_EXCLUSIONS: Final = 20
_WINDOW_HOURS: Final = 48
"""Hours of maintenance that GKE wants within 32 days, which are four whole weeks at least; same source."""
_WEEKS: Final = 4
_ONLY_PERSISTENT: Final = ("e2-", "n1-", "n2-", "n2d-", "c2-", "c2d-", "t2d-", "t2a-", "f1-", "g1-")
_ONLY_HYPERDISK: Final = ("c4-", "c4a-", "c4d-", "n4-", "n4a-", "n4d-")


def problems(gcp: GcpSettings, prefix: str | None, stack: str, where: str) -> Iterator[Problem]:
    """Every contradiction between values that are each fine in themselves."""
    yield from _projects(gcp, prefix, stack, where)
    yield from _place(gcp, where)
    yield from _ranges(gcp.network, where)
    yield from _cluster(gcp.cluster, where)
    yield from _edge(gcp, where)
    yield from _delivery(gcp.delivery, where)
    yield from _thresholds(gcp.budget.thresholds, where)


def _projects(gcp: GcpSettings, prefix: str | None, stack: str, where: str) -> Iterator[Problem]:
    for section, create, given in (
        ("project", gcp.project.create, gcp.project.id),
        ("state", gcp.state.create, gcp.state.project),
    ):
        setting = key("gcp", section, "id" if section == "project" else "project")
        if not create and given is None:
            yield Problem(
                where,
                setting,
                "is null",
                f"the id of a project is required where {key('gcp', section, 'create')} is false",
                "Name the existing project, or let the program make one.",
            )
        if given is None and prefix is not None:
            names = naming.Naming(prefix=prefix, stack=stack)
            try:
                names.project(gcp.project.billing_account, "" if section == "project" else "state")
            except InvalidNameError as error:
                yield Problem(where, setting, "is null", str(error), "Shorten the prefix, or write an id.")
    if gcp.project.id is not None and gcp.project.id == gcp.state.project:
        yield Problem(
            where,
            key("gcp.state.project"),
            f"is {quoted(gcp.state.project)}",
            f"a project other than {key('gcp.project.id')} is required",
            "The state has to outlive the project it describes; name another one or none.",
        )


def _place(gcp: GcpSettings, where: str) -> Iterator[Problem]:
    if gcp.zone is not None and gcp.zone[:-2] != gcp.region:
        yield Problem(
            where,
            key("gcp.zone"),
            f"is {quoted(gcp.zone)}",
            f"a zone of {gcp.region} is required",
            f'Write one such as "{gcp.region}-b".',
        )


def _ranges(network: NetworkSettings, where: str) -> Iterator[Problem]:
    found = {}
    for name, (shortest, longest) in _RANGES.items():
        text = getattr(network, name)
        at = key("gcp.network", name)
        try:
            parsed = ipaddress.IPv4Network(text)
        except ValueError:
            yield Problem(
                where, at, f"is {quoted(text)}", "an IPv4 range is required", 'Write one such as "10.10.0.0/20".'
            )
            continue
        if not shortest <= parsed.prefixlen <= longest:
            yield Problem(
                where,
                at,
                f"is {quoted(text)}",
                f"a range from /{longest} to /{shortest} is required",
                "Change what follows the slash.",
            )
        if not any(parsed.subnet_of(private) for private in _PRIVATE):
            yield Problem(
                where,
                at,
                f"is {quoted(text)}",
                "a private range is required (RFC 1918)",
                "Choose one inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.",
            )
        found[name] = parsed
    for (one, first), (other, second) in itertools.combinations(found.items(), 2):
        if first.overlaps(second):
            yield Problem(
                where,
                key("gcp.network", other),
                f"is {quoted(str(second))}",
                f"a range that does not overlap {key('gcp.network', one)} ({first}) is required",
                "Move one of them.",
            )


def _cluster(cluster: ClusterSettings, where: str) -> Iterator[Problem]:
    at = key("gcp.cluster.pools")
    if cluster.mode == "autopilot" and cluster.pools:
        yield Problem(
            where, at, "is not empty", "no pool is allowed in mode autopilot", "Remove them: Google runs the nodes."
        )
    if cluster.mode == "autopilot":
        for setting, fixed in (("regional", cluster.regional), ("managedPrometheus", cluster.managed_prometheus)):
            if not fixed:
                yield Problem(
                    where,
                    key("gcp.cluster", setting),
                    "is false",
                    "true is required in mode autopilot",
                    "Google has it no other way there: write true, or choose mode standard.",
                )
    if cluster.mode == "standard":
        for purpose in ("services", "database"):
            if not any(pool.purpose == purpose and pool.max > 0 for pool in cluster.pools.values()):
                yield Problem(
                    where,
                    at,
                    f"has no nodes for the {purpose}",
                    f"a pool of purpose {purpose} is required in mode standard",
                    "Add one, e.g. {purpose: " + purpose + ", machineType: e2-standard-2, min: 1, max: 3}.",
                )
        for name, pool in cluster.pools.items():
            yield from _pool(name, pool, where)
    maintenance = cluster.maintenance
    hours = maintenance.hours * len(set(maintenance.days)) * _WEEKS
    if hours < _WINDOW_HOURS:
        yield Problem(
            where,
            key("gcp.cluster.maintenance"),
            f"gives {hours} hours in four weeks",
            f"at least {_WINDOW_HOURS} are required",
            "Add days or make the window longer.",
        )
    exclusions = maintenance.exclusions
    freezes = [name for name, exclusion in exclusions.items() if exclusion.scope == "NO_UPGRADES"]
    if len(freezes) > _MOST_FREEZES or len(exclusions) > _MOST_EXCLUSIONS:
        yield Problem(
            where,
            key("gcp.cluster.maintenance.exclusions"),
            f"has {len(exclusions)}, {len(freezes)} of them NO_UPGRADES",
            f"at most {_MOST_EXCLUSIONS} and {_MOST_FREEZES} are required",
            "Remove those that are over.",
        )
    for name, exclusion in exclusions.items():
        yield from _exclusion(name, exclusion, where)
    backup = cluster.backup
    if backup is not None and backup.lock_days > backup.keep_days:
        yield Problem(
            where,
            key("gcp.cluster.backup.lockDays"),
            f"is {backup.lock_days}",
            f"at most keepDays ({backup.keep_days}) is required",
            "Lower it, or keep backups longer.",
        )


def _pool(name: str, pool: PoolSettings, where: str) -> Iterator[Problem]:
    at = ("gcp.cluster.pools", name)
    if pool.min > pool.max:
        yield Problem(
            where,
            key(*at, "min"),
            f"is {pool.min}",
            f"at most the max of {pool.max} is required",
            "Lower min or raise max.",
        )
    if pool.purpose == "database":
        if pool.spot:
            yield Problem(
                where,
                key(*at, "spot"),
                "is true",
                "false is required for the database",
                "Spot VMs are taken away at any moment; use them for services.",
            )
        if pool.min == 0:
            yield Problem(
                where,
                key(*at, "min"),
                "is 0",
                "at least 1 is required for the database",
                "Its volumes are of one zone each; keep a node in every zone.",
            )
    wrong = pool.machine_type.startswith(
        _ONLY_PERSISTENT if pool.disk_type.startswith("hyperdisk") else _ONLY_HYPERDISK
    )
    if wrong:
        yield Problem(
            where,
            key(*at, "diskType"),
            f"is {quoted(pool.disk_type)}",
            f"a type of disk that {pool.machine_type} takes is required",
            "E2 and N2 take pd-*, N4 and C4 take hyperdisk-balanced.",
        )


def _exclusion(name: str, exclusion: ExclusionSettings, where: str) -> Iterator[Problem]:
    at = ("gcp.cluster.maintenance.exclusions", name)
    try:
        start, end = (datetime.datetime.fromisoformat(text) for text in (exclusion.start, exclusion.end))
    except ValueError as error:
        yield Problem(
            where, key(*at), f"has a date that does not exist ({error})", "two dates are required", "Correct it."
        )
        return
    longest = _LONGEST_FREEZE_DAYS if exclusion.scope == "NO_UPGRADES" else _LONGEST_EXCLUSION_DAYS
    if not datetime.timedelta(0) < end - start <= datetime.timedelta(days=longest):
        yield Problem(
            where,
            key(*at, "end"),
            f"is {quoted(exclusion.end)}",
            f"a time after start and at most {longest} days later is required for {exclusion.scope}",
            "Move one of them.",
        )


def _edge(gcp: GcpSettings, where: str) -> Iterator[Problem]:
    domain, zone = gcp.edge.domain, gcp.edge.zone
    if zone is not None and domain != zone and not domain.endswith(f".{zone}"):
        yield Problem(
            where,
            key("gcp.edge.zone"),
            f"is {quoted(zone)}",
            f"{quoted(domain)} or a domain above it is required",
            "The zone has to contain the shop's domain.",
        )


def _delivery(delivery: DeliverySettings, where: str) -> Iterator[Problem]:
    if not delivery.triggers:
        yield Problem(
            where,
            key("gcp.delivery.triggers"),
            "is empty",
            "at least one trigger is required",
            "Add one, e.g. develop: {branch: develop}.",
        )
    seen: dict[tuple[str, bool], str] = {}
    for name, trigger in delivery.triggers.items():
        other = seen.setdefault((trigger.branch, trigger.pull_request), name)
        if other != name:
            yield Problem(
                where,
                key("gcp.delivery.triggers", name),
                f"starts on the same as {other}",
                "one trigger for each event is required",
                "Remove one of them.",
            )
        if trigger.pull_request and trigger.approval:
            yield Problem(
                where,
                key("gcp.delivery.triggers", name, "approval"),
                "is true",
                "false is required for a pull request",
                "Its build changes nothing; approval is for what deploys.",
            )


def _thresholds(thresholds: tuple[float, ...], where: str) -> Iterator[Problem]:
    if not thresholds or list(thresholds) != sorted(set(thresholds)):
        yield Problem(
            where,
            key("gcp.budget.thresholds"),
            f"is {quoted(list(thresholds))}",
            "at least one, each once, in rising order is required",
            "Write e.g. [0.5, 0.9, 1.0].",
        )
