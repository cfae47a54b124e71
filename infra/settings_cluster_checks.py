"""What relates two values of the cluster's settings to each other."""

import datetime
from collections.abc import Iterator
from typing import Final

from infra.errors import Problem
from infra.settings_gcp import ClusterSettings, ExclusionSettings, PoolSettings
from infra.settings_problems import key, quoted

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


def problems(cluster: ClusterSettings, where: str) -> Iterator[Problem]:
    """Every contradiction between values that are each fine in themselves."""
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
            yield from _disks(name, pool, cluster.volumes, where)
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


def _disks(name: str, pool: PoolSettings, volumes: str, where: str) -> Iterator[Problem]:
    found = {key("gcp.cluster.pools", name, "diskType"): pool.disk_type}
    if pool.purpose == "database":
        found[key("gcp.cluster.volumes")] = volumes
    for at, disk in found.items():
        if pool.machine_type.startswith(_ONLY_PERSISTENT if disk.startswith("hyperdisk") else _ONLY_HYPERDISK):
            yield Problem(
                where,
                at,
                f"is {quoted(disk)}",
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
