"""What relates two settings of the cluster to each other: each contradiction is one sentence with the next step."""

import copy
from typing import Any

import pytest

from infra.settings_cluster_checks import problems
from infra.settings_gcp import ClusterSettings

POOLS: dict[str, Any] = {
    "services": {"purpose": "services", "machineType": "e2-standard-2", "spot": True, "min": 1, "max": 3},
    "database": {"purpose": "database", "machineType": "e2-standard-2", "min": 1, "max": 3},
}
EXCLUSION = {"start": "2026-12-20T00:00:00Z", "end": "2027-01-04T00:00:00Z"}


def pools(name: str, **changes: object) -> dict[str, Any]:
    changed = copy.deepcopy(POOLS)
    changed[name].update(changes)
    return {"pools": changed}


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "pools with Autopilot": (
        {"mode": "autopilot", "regional": True, "pools": POOLS},
        "gcp.cluster.pools is not empty, no pool is allowed in mode autopilot.",
    ),
    "Autopilot in a zone": ({"mode": "autopilot", "pools": {}}, "gcp.cluster.regional is false, true is required"),
    "no nodes for the database": (
        {"pools": {"services": POOLS["services"]}},
        "gcp.cluster.pools has no nodes for the database, a pool of purpose database is required",
    ),
    "more at least than at most": (
        pools("services", min=4),
        "gcp.cluster.pools.services.min is 4, at most the max of 3 is required.",
    ),
    "a database on Spot VMs": (
        pools("database", spot=True),
        "gcp.cluster.pools.database.spot is true, false is required",
    ),
    "no node for the database": (
        pools("database", min=0),
        "gcp.cluster.pools.database.min is 0, at least 1 is required",
    ),
    "a boot disk the machine does not take": (
        pools("services", diskType="hyperdisk-balanced"),
        'gcp.cluster.pools.services.diskType is "hyperdisk-balanced", a type of disk that e2-standard-2 takes',
    ),
    "volumes the database's machine does not take": (
        {**pools("database", machineType="n4-standard-2", diskType="hyperdisk-balanced"), "volumes": "pd-ssd"},
        'gcp.cluster.volumes is "pd-ssd", a type of disk that n4-standard-2 takes is required.',
    ),
    "too short a window": (
        {"maintenance": {"hours": 4, "days": ["SU", "SU"]}},
        "gcp.cluster.maintenance gives 16 hours in four weeks, at least 48 are required.",
    ),
    "too long a freeze": (
        {
            "maintenance": {
                "exclusions": {"sales": {**EXCLUSION, "end": "2027-02-04T00:00:00Z", "scope": "NO_UPGRADES"}}
            }
        },
        'gcp.cluster.maintenance.exclusions.sales.end is "2027-02-04T00:00:00Z", a time after start and at most 30',
    ),
    "a day that does not exist": (
        {"maintenance": {"exclusions": {"sales": {**EXCLUSION, "end": "2027-02-30T00:00:00Z"}}}},
        "gcp.cluster.maintenance.exclusions.sales has a date that does not exist",
    ),
    "a lock that outlasts the backup": (
        {"backup": {"keepDays": 7, "lockDays": 14}},
        "gcp.cluster.backup.lockDays is 14, at most keepDays (7) is required.",
    ),
}


def told(changes: dict[str, Any]) -> list[str]:
    settings = ClusterSettings.model_validate({"mode": "standard", "pools": POOLS, **changes})
    return [str(problem) for problem in problems(settings, "file")]


@pytest.mark.parametrize("case", CASES)
def test_a_contradiction_is_one_sentence(case: str) -> None:
    changes, sentence = CASES[case]
    [found] = told(changes)
    assert found.startswith(f"file: a-tu-mano:{sentence}")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"mode": "autopilot", "regional": True, "pools": {}},
        pools("services", min=0),
        pools("database", machineType="n4-standard-2", diskType="hyperdisk-balanced")
        | {"volumes": "hyperdisk-balanced"},
        {"maintenance": {"exclusions": {"christmas": EXCLUSION}}, "backup": {}},
    ],
)
def test_what_fits_together_is_let_pass(changes: dict[str, Any]) -> None:
    assert told(changes) == []
