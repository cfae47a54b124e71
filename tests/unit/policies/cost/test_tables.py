"""The tables: of their form, each figure with a source and a date, and the figures they were made from."""

import copy
from datetime import date
from typing import Any

import pytest

from infra.settings_gcp_types import REGIONS
from policies.cost import priced, tables
from policies.cost.machines import shape
from policies.cost.tables import CostError, MissingPriceError, checked, costless, load, read

ASKED_FOR = (
    "us-central1", "us-east1", "us-west1", "europe-west1", "europe-west4", "europe-southwest1", "southamerica-east1",
)  # fmt: skip


@pytest.mark.parametrize(("machine", "region", "spot", "month"), [
    ("e2-standard-2", "us-central1", False, 48.92), ("e2-standard-2", "us-central1", True, 29.35),
    ("e2-standard-4", "europe-west1", False, 107.62), ("e2-standard-4", "europe-west1", True, 52.13),
    ("e2-medium", "europe-west1", False, 26.91), ("e2-medium", "us-central1", True, 14.68),
    ("n2-standard-2", "us-central1", False, 70.90), ("n2d-standard-2", "europe-southwest1", False, 72.78),
    ("c3-standard-4", "southamerica-east1", False, 233.70), ("t2d-standard-1", "europe-west4", True, 11.22),
])  # fmt: skip
def test_machines_cost_what_the_price_list_says(*, machine: str, region: str, spot: bool, month: float) -> None:
    sku = f"{tables.MACHINE}{machine}{tables.SPOT if spot else ''}"
    assert round(load().price(sku, region).usd * 730, 2) == pytest.approx(month, abs=0.011)


@pytest.mark.parametrize(("machine", "of"), [
    ("e2-micro", ("e2", 0.25, 1.0)), ("e2-highcpu-16", ("e2", 16.0, 16.0)), ("n2-highmem-128", ("n2", 128.0, 864.0)),
    ("n2-highmem-96", ("n2", 96.0, 768.0)), ("c3-highcpu-4", ("c3", 4.0, 8.0)), ("e2-custom-2-4096", None),
])  # fmt: skip
def test_shapes_of_machines(machine: str, of: tuple[str, float, float] | None) -> None:
    assert shape(machine) == of


@pytest.mark.parametrize(
    "sku", ["pd-balanced", "machine:e2-standard-2", "machine:n2-standard-2:spot", "internet-egress"]
)
@pytest.mark.parametrize("region", ASKED_FOR)
def test_regions_that_stacks_offer_have_prices(sku: str, region: str) -> None:
    assert load().price(sku, region).usd > 0


def test_every_region_with_machines_can_be_written_in_a_stack() -> None:
    assert set(load().regions()) <= set(REGIONS)
    assert len(load().regions()) >= 40


@pytest.mark.parametrize(("sku", "region"), [
    ("hyperdisk-balanced", "europe-west1"), ("machine:e2-standard-2", "moon-base1"),
    ("machine:h9-standard-2", "us-central1"),
    ("machine:e2-custom-2-4096", "us-central1"), ("machine:c3-standard-4", None), ("pd-unheard-of", "us-central1"),
])  # fmt: skip
def test_what_has_no_price_is_an_error_that_says_what_to_do(sku: str, region: str | None) -> None:
    with pytest.raises(MissingPriceError, match=r"policies/cost/(prices|machines)\.yaml.* (is )?required"):
        load().price(sku, region)


def test_dates_are_of_the_past_and_in_order() -> None:
    dates = [source["asOf"] for source in load().sources.values()] + [load().machine_source["asOf"]]
    assert all(date(2020, 1, 1) <= date.fromisoformat(each) <= date(2026, 11, 25) for each in dates)


def test_no_source_and_no_price_is_left_over() -> None:
    prices = read("prices")
    used = {row["source"] for row in [*prices["prices"].values(), *prices["free"], prices["trial"]]}
    assert used == set(prices["sources"])


def test_a_type_is_priced_or_free_and_never_both() -> None:
    assert not set(costless()) & set(priced.PRICED)
    groups = read("free")["free"]
    assert sum(len(group["types"]) for group in groups) == len(costless())


@pytest.mark.parametrize(("name", "path", "value"), [
    ("prices", ("prices", "logs", "usd"), -1), ("prices", ("prices", "logs", "usd"), "0.50"),
    ("prices", ("sources", "gke", "page"), "https://example.com"), ("prices", ("sources", "gke", "asOf"), "last year"),
    ("machines", ("families", "e2", "regions", "us-central1"), [[1, 2]]),
    ("usage", ("assumptions", "hours", "reason"), ""),
    ("free", ("free",), [{"types": ["gcp:a/b:C"]}]),
])  # fmt: skip
def test_a_table_of_another_form_is_refused(name: str, path: tuple[str, ...], value: Any) -> None:
    document = copy.deepcopy(read(name))
    inside = document
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    with pytest.raises(CostError, match=rf"policies/cost/{name}\.yaml, \$\."):
        checked(document, name)


def test_a_price_without_a_region_and_one_for_all_exclude_each_other() -> None:
    document = copy.deepcopy(read("prices"))
    document["prices"]["logs"]["regions"] = {"us-central1": 1.0}
    with pytest.raises(CostError, match=r"\$\.prices\.logs"):
        checked(document, "prices")


def test_a_source_that_is_not_there_is_refused() -> None:
    with pytest.raises(CostError, match="names the source 'hearsay', which is not there"):
        tables._references("source", [{"source": "hearsay"}], {"gke": {}})
