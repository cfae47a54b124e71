"""What addresses, load balancers, NAT, protection and names use."""

from collections.abc import Iterator
from typing import Final

from policies.capture import Resource
from policies.cost.amounts import Amount
from policies.cost.uses import Use, number, spread
from policies.cost.view import View

GATEWAY: Final = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
SERVICE: Final = "kubernetes:core/v1:Service"
NAT: Final = "gcp:compute/routerNat:RouterNat"
_RULES: Final = 5
"""Forwarding rules that cost as much together as one. Source: cloud.google.com/load-balancing/pricing."""
_NAT_VMS: Final = 32
"""Nodes after which Cloud NAT costs no more. Source: cloud.google.com/nat/pricing."""
_MILLION: Final = 1e6


def address(resource: Resource, view: View) -> Iterator[Use]:
    """An external address: of NAT, or of nothing. One of a load balancer is free."""
    hours = view.usage["hours"]
    users = view.uses(resource)
    if resource.get("addressType", "EXTERNAL") != "EXTERNAL":
        return
    if not users:
        yield Use(
            sku="address-unused", quantity=Amount.of(hours), formula=f"1 address x {number(hours)} h, used by nothing"
        )
    elif any(user.type == NAT for user in users):
        yield Use(sku="address-used", quantity=Amount.of(hours), formula=f"1 address x {number(hours)} h")


def global_address(resource: Resource, view: View) -> Iterator[Use]:
    """A global address costs only where nothing uses it."""
    hours = view.usage["hours"]
    if resource.get("addressType", "EXTERNAL") == "EXTERNAL" and not view.uses(resource):
        formula = f"1 address x {number(hours)} h, used by nothing"
        yield Use(sku="address-unused-global", quantity=Amount.of(hours), formula=formula)


def nat(_: Resource, view: View) -> Iterator[Use]:
    """Nodes behind it, up to 32, and their data."""
    hours, data = view.usage["hours"], view.usage["natGb"]
    nodes = view.all_nodes().capped(_NAT_VMS)
    yield Use(sku="nat-vm", quantity=nodes * hours, formula=f"{spread(nodes)} nodes x {number(hours)} h")
    yield Use(sku="nat-data", quantity=Amount.of(data), formula=f"{number(data)} GiB in and out")


def balancer(resource: Resource, view: View) -> Iterator[Use]:
    """Forwarding rules of a Gateway or a Service, and, once, the data of all of them."""
    own = _rules(resource)
    if not own:
        return
    hours = view.usage["hours"]
    others = view.capture.of(GATEWAY, SERVICE)
    before = sum(_rules(each) for each in others[: [each.urn for each in others].index(resource.urn)])
    if not before:
        yield Use(
            sku="forwarding-rules", quantity=Amount.of(hours), formula=f"{own} rules together x {number(hours)} h"
        )
        served, received = view.usage["servedGb"], view.usage["receivedGb"]
        formula = f"{number(served)} GiB out and {number(received)} GiB in"
        yield Use(sku="balancer-data", quantity=Amount.of(served + received), formula=formula)
        yield Use(sku="internet-egress", quantity=Amount.of(served), formula=f"{number(served)} GiB")
    more = max(before + own - _RULES, 0) - max(before - _RULES, 0)
    if more:
        yield Use(sku="forwarding-rule", quantity=Amount.of(more * hours), formula=f"{more} more x {number(hours)} h")


def _rules(resource: Resource) -> int:
    """Forwarding rules of a load balancer of Google's: one for each port."""
    if resource.type == SERVICE:
        return 1 if resource.get("spec.type") == "LoadBalancer" else 0
    if not str(resource.get("spec.gatewayClassName")).startswith("gke-l7-"):
        return 0
    return len({listener.get("port") for listener in resource.get("spec.listeners") or []})


def armor(resource: Resource, view: View) -> Iterator[Use]:
    """A policy of Cloud Armor's Standard tier, its rules, and the requests it looks at."""
    rules = len(resource.get("rules") or [])
    requests = view.usage["requests"] / _MILLION
    yield Use(sku="armor-policy", quantity=Amount.of(1.0), formula="1 policy")
    yield Use(sku="armor-rule", quantity=Amount.of(float(rules)), formula=f"{rules} rules")
    yield Use(sku="armor-requests", quantity=Amount.of(requests), formula=f"{number(requests)} million requests")


def zone(resource: Resource, view: View) -> Iterator[Use]:
    """A zone of Cloud DNS and what asks it; within a private one queries are free."""
    yield Use(sku="dns-zone", quantity=Amount.of(1.0), formula="1 zone")
    if resource.get("visibility", "public") == "public":
        queries = view.usage["dnsQueries"]
        yield Use(sku="dns-queries", quantity=Amount.of(queries), formula=f"{number(queries)} million queries")
