"""The price tables, checked against their schemas: prices.yaml, machines.yaml and free.yaml."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema
import yaml

from policies.cost.machines import shape

_FOLDER: Final = Path(__file__).parent
MACHINE: Final = "machine:"
SPOT: Final = ":spot"


class CostError(Exception):
    """A table, a usage file or an estimate can't be had; the message is a sentence for the user."""


class MissingPriceError(CostError):
    """The tables have no price for something in a region."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """What one unit costs."""

    sku: str
    title: str
    unit: str
    usd: float
    as_of: str
    """Date, e.g. "2026-07-30"."""
    page: str
    """Google's page."""
    via: str
    """How the figure was had."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FreePart:
    """What is free of something that is priced."""

    title: str
    sku: str
    usd: float | None
    """Money it is worth at most."""
    quantity: float | None
    """Or units."""
    per_account: bool
    """Whether all projects of a billing account share it."""
    as_of: str
    page: str


@dataclass(frozen=True, kw_only=True)
class Prices:
    """All prices."""

    rows: Mapping[str, Mapping[str, Any]]
    sources: Mapping[str, Mapping[str, str]]
    families: Mapping[str, Mapping[str, Any]]
    machine_source: Mapping[str, str]
    free: tuple[FreePart, ...]
    trial_usd: float
    trial_days: int

    def price(self, sku: str, region: str | None) -> Price:
        """The price of a SKU in a region.

        Raises:
            MissingPriceError: The tables have none; nothing is guessed.
        """
        if sku.startswith(MACHINE):
            return self._machine(sku, region)
        if (row := self.rows.get(sku)) is None:
            msg = f"There is no price of {sku!r}; a row of policies/cost/prices.yaml with its source is required."
            raise MissingPriceError(msg)
        usd = row["usd"] if "usd" in row else row["regions"].get(region)
        if usd is None:
            raise MissingPriceError(_missing(row["title"], region, "policies/cost/prices.yaml"))
        source = self.sources[row["source"]]
        return Price(
            sku=sku, title=row["title"], unit=row["unit"], usd=usd, as_of=source["asOf"], page=source["page"],
            via=source["via"],
        )  # fmt: skip

    def _machine(self, sku: str, region: str | None) -> Price:
        machine, spot = sku.removeprefix(MACHINE).removesuffix(SPOT), sku.endswith(SPOT)
        title = f"Node {machine}{', Spot' if spot else ''}"
        found = shape(machine)
        row = self.families.get(found[0], {}).get("regions", {}).get(region) if found else None
        if found is None or row is None:
            raise MissingPriceError(_missing(title, region, "policies/cost/machines.yaml"))
        for_cpu, for_gb = row[1 if spot else 0]
        source = self.machine_source
        return Price(
            sku=sku, title=title, unit="node hour", usd=found[1] * for_cpu + found[2] * for_gb, as_of=source["asOf"],
            page=source["page"], via=source["via"],
        )  # fmt: skip

    def regions(self) -> list[str]:
        """Regions that have prices of machines and disks, sorted."""
        return sorted(set(self.families["e2"]["regions"]) & set(self.rows["pd-balanced"]["regions"]))


def _missing(title: str, region: str | None, file: str) -> str:
    return (
        f"{title} has no price in {region or 'a region that is not known'}; a figure in {file} with its source is "
        "required, or another region."
    )


@cache
def load() -> Prices:
    """The tables of the repository.

    Raises:
        CostError: One is not of its form, or names a source or a price that is not there.
    """
    prices, machines = read("prices"), read("machines")
    _references("source", [*prices["prices"].values(), *prices["free"], prices["trial"]], prices["sources"])
    _references("price", prices["free"], prices["prices"])
    return Prices(
        rows=prices["prices"],
        sources=prices["sources"],
        families=machines["families"],
        machine_source=machines["source"],
        free=tuple(_free_part(part, prices["sources"][part["source"]]) for part in prices["free"]),
        trial_usd=prices["trial"]["usd"],
        trial_days=prices["trial"]["days"],
    )


def _free_part(part: Mapping[str, Any], source: Mapping[str, str]) -> FreePart:
    return FreePart(
        title=part["title"], sku=part["price"], usd=part.get("usd"), quantity=part.get("quantity"),
        per_account=part["per"] == "account", as_of=source["asOf"], page=source["page"],
    )  # fmt: skip


@cache
def costless() -> Mapping[str, str]:
    """Type tokens that cost nothing, and why; no type is in it twice."""
    return {kind: group["reason"] for group in read("free")["free"] for kind in group["types"]}


@cache
def read(name: str) -> dict[str, Any]:
    """One table of this folder, checked against its schema; the same each time, so leave it as it is.

    Raises:
        CostError: It is not of its form.
    """
    return checked(yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")), name)


def checked(document: Any, name: str) -> dict[str, Any]:
    """A document of a table's form.

    Raises:
        CostError: It is not; says where.
    """
    plain = _plain(document)
    schema = json.loads((_FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(plain))
    if error is not None:
        msg = (
            f"policies/cost/{name}.yaml, {error.json_path}: {error.message}. {name}.schema.json tells what is required."
        )
        raise CostError(msg)
    assert isinstance(plain, dict)  # noqa: S101 - the schema says so
    return plain


def _references(kind: str, entries: list[Mapping[str, Any]], known: Mapping[str, Any]) -> None:
    for entry in entries:
        if entry[kind] not in known:
            msg = (
                f"policies/cost/prices.yaml names the {kind} {entry[kind]!r}, which is not there; add it or correct it."
            )
            raise CostError(msg)


def _plain(value: Any) -> Any:
    """Dates as text: YAML reads them as dates."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
