"""From a capture to its estimate."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.capture import Capture, Resource, UnknownValueError
from policies.cost import usage as assumptions
from policies.cost.amounts import total
from policies.cost.priced import GOOGLE, IN_GKE, PRICED
from policies.cost.result import FREE, STACK, Budget, Estimate, Free, Line, Trial, Unpriced
from policies.cost.sharing import services
from policies.cost.tables import MissingPriceError, Prices, costless, load
from policies.cost.uses import Use, number
from policies.cost.view import View, region_of

BUDGET: Final = "gcp:billing/budget:Budget"
_MONTH_DAYS: Final = 365 / 12
_ONLY_ZONAL: Final = "gke-cluster"
"""The price whose free part is for some clusters only."""


def estimate(capture: Capture, usage: Mapping[str, Any] | None = None) -> Estimate:
    """What a stack costs a month.

    Args:
        capture: The stack.
        usage: Values in place of those of usage.yaml, by name.

    Raises:
        CostError: `usage` is not in order.
    """
    prices = load()
    view = View(capture, assumptions.load(capture.stack, usage))
    lines: list[Line] = []
    unpriced: list[Unpriced] = []
    free: Counter[str] = Counter()
    for resource in capture.resources:
        found = [*_priced(resource, view, prices)]
        lines += [each for each in found if isinstance(each, Line)]
        unpriced += [each for each in found if isinstance(each, Unpriced)]
        if not found and resource.type.startswith(GOOGLE):
            free[resource.type] += 1
    lines += _free_parts(lines, view, prices)
    components = {name: total([each.monthly for each in lines if each.component == name]) for name in _names(lines)}
    whole = total([*components.values()])
    dates = [each.as_of for each in lines]
    return Estimate(
        stack=capture.stack,
        region=view.region,
        oldest=min(dates, default=""),
        newest=max(dates, default=""),
        lines=tuple(lines),
        unpriced=tuple(unpriced),
        free=tuple(Free(type=kind, count=count, reason=_why(kind)) for kind, count in sorted(free.items())),
        components=components,
        services=services(view, lines),
        total=whole,
        budget=_budget(capture),
        trial=Trial(
            credit=prices.trial_usd,
            limit=prices.trial_days,
            days=prices.trial_usd / whole.expected * _MONTH_DAYS if whole.expected > 0 else None,
        ),
        assumptions=view.usage.used,
    )


def _priced(resource: Resource, view: View, prices: Prices) -> Iterator[Line | Unpriced]:
    """Lines of a resource, and what of it has no price; nothing of one that costs nothing."""
    if resource.read or not resource.custom:
        return
    pricings = PRICED.get(resource.type) or (IN_GKE.get(resource.type, ()) if view.cluster else ())
    if not pricings and resource.type.startswith(GOOGLE) and resource.type not in costless():
        reason = "Nothing tells what it costs; add it to policies/cost: to priced.py with its price, or to free.yaml."
        yield _unpriced(resource, view, reason, unknown=False)
    try:
        for pricing in pricings:
            for use in pricing(resource, view):
                yield _line(resource, use, view, prices)
    except UnknownValueError as error:
        yield _unpriced(resource, view, f"{error}.", unknown=True)


def _line(resource: Resource, use: Use, view: View, prices: Prices) -> Line | Unpriced:
    try:
        price = prices.price(use.sku, region_of(resource) or view.region)
    except MissingPriceError as error:
        return _unpriced(resource, view, str(error), unknown=True)
    return Line(
        component=_component(resource, view),
        resource=resource.urn,
        service=view.service_of(resource),
        sku=use.sku,
        what=price.title,
        quantity=use.quantity,
        unit=price.unit,
        unit_price=price.usd,
        monthly=use.quantity * price.usd,
        formula=use.formula,
        as_of=price.as_of,
        page=price.page,
    )


def _unpriced(resource: Resource, view: View, reason: str, *, unknown: bool) -> Unpriced:
    return Unpriced(
        resource=resource.urn, type=resource.type, component=_component(resource, view), reason=reason, unknown=unknown
    )


def _component(resource: Resource, view: View) -> str:
    above = view.capture.components_of(resource)
    return above[0].name if above else STACK


def _free_parts(lines: Sequence[Line], view: View, prices: Prices) -> Iterator[Line]:
    """What is free of what is used, as lines below zero; never more than is used."""
    for part in prices.free:
        used = [line for line in lines if line.sku == part.sku]
        if not used or (part.per_account and not view.usage["accountFreeTier"]):
            continue
        if part.sku == _ONLY_ZONAL and not view.credited:
            continue
        price = used[0].unit_price
        most = part.quantity if part.quantity is not None else (part.usd or 0.0) / price
        quantity = total([line.quantity for line in used]).capped(most) * -1.0
        worth = f"{number(part.usd)} USD" if part.usd is not None else f"{number(most)} ({used[0].unit})"
        yield Line(
            component=FREE, resource="", service=None, sku=part.sku, what=part.title, quantity=quantity,
            unit=used[0].unit, unit_price=price, monthly=quantity * price,
            formula=f"up to {worth} a month, once per {'billing account' if part.per_account else 'project'}",
            as_of=part.as_of, page=part.page,
        )  # fmt: skip


def _names(lines: Sequence[Line]) -> list[str]:
    return [*dict.fromkeys(line.component for line in lines)]


def _why(kind: str) -> str:
    return costless().get(kind, "Nothing of it is paid for as it is set here.")


def _budget(capture: Capture) -> Budget | None:
    """The stack's budget, as far as it is known."""
    for resource in capture.of(BUDGET):
        units, currency = (resource.raw(f"amount.specifiedAmount.{key}") for key in ("units", "currencyCode"))
        if isinstance(units, str | int | float):
            return Budget(resource=resource.urn, amount=float(units), currency=str(currency or "USD"))
    return None
