"""What GKE makes of Gateways and HTTPRoutes: their statuses, and the plan of the load balancer.

Refused is what GKE refuses, in its words where they are public (messages "Error GWCER…"). What the stand-in itself
can't do is refused too, and the message says whose limit it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from local.gke import policies
from local.gke.definitions import BACKEND_POLICY, HEALTH_CHECK_POLICY
from local.gke.plan import BACKEND_SECONDS, HTTP_PORT, HTTPS_PORT, LOOPBACK, Backend, Check, Plan, Port, Rule
from local.gke.policies import Policies
from local.gke.world import (
    CONTROLLER,
    GATEWAY_API,
    GATEWAY_CLASS,
    Known,
    Object,
    Status,
    World,
    age,
    condition,
    key,
    path,
    title,
)

CERTIFICATE_MAP: Final = "networking.gke.io/certmap"
"""Annotation that names the certificate map of a Gateway's HTTPS listeners."""
_PORTS: Final = {"HTTP": HTTP_PORT, "HTTPS": HTTPS_PORT}
_FILTERS: Final = ("RequestRedirect", "URLRewrite", "RequestHeaderModifier", "ResponseHeaderModifier")
_UNSUPPORTED: Final = {
    "timeouts": "Timeouts are not supported.",
    "retry": "Retries are not supported.",
    "sessionPersistence": "Session persistence is not supported.",
}
"""Fields of a rule that GKE refuses, and with it the route and its Gateway."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What follows from a World."""

    statuses: tuple[Status, ...]
    plan: Plan | None
    """None leaves the load balancer as it is: the Gateway can't be translated."""
    served: tuple[Object, ...] = ()
    """The Services that routes lead to."""


@dataclass(kw_only=True)
class _Bound:
    """A route on a listener."""

    route: Object
    hostnames: tuple[str, ...]


@dataclass(kw_only=True)
class _Draft:
    """A Gateway while it is judged."""

    gateway: Object
    fault: str | None
    """What GKE says when it can't translate the Gateway."""
    address: str
    unusable: bool = False
    """Whether the fault is its address."""
    bound: dict[str, list[_Bound]] = field(default_factory=dict)
    """By listener."""


def judge(world: World, known: Known | None) -> Verdict:
    """Judge every Gateway of the class, every route to one of them, and every policy."""
    attached = policies.judge(world, known)
    gateways = sorted(
        (found for found in world.gateways if found["spec"]["gatewayClassName"] == GATEWAY_CLASS), key=age
    )
    drafts = {}
    for gateway in gateways:
        drafts[key(gateway)] = _draft(gateway, gateways[0], known)
    statuses = [status for route in sorted(world.routes, key=age) for status in _judge_route(route, world, drafts)]
    reached = {
        (key(bound.route)[0], reference["name"])
        for draft in drafts.values()
        for bound in _all_bound(draft)
        for rule in bound.route["spec"].get("rules", [])
        for reference in rule.get("backendRefs", [])
    }
    statuses += attached.statuses_of(reached)
    statuses += [_gateway_status(draft) for draft in drafts.values()]
    if not gateways:
        return Verdict(statuses=tuple(statuses), plan=Plan())
    first = drafts[key(gateways[0])]
    plan = None if first.fault else _plan(first, world, attached, known)
    names = {(backend.namespace, backend.service) for backend in (plan.backends if plan else ())}
    served = tuple(service for service in world.services if key(service) in names)
    return Verdict(statuses=tuple(statuses), plan=plan, served=served)


def _all_bound(draft: _Draft) -> Iterator[_Bound]:
    for found in draft.bound.values():
        yield from found


def _draft(gateway: Object, first: Object, known: Known | None) -> _Draft:
    """Look at a Gateway itself: its addresses, its certificates, its listeners."""
    address, unusable = LOOPBACK, []
    for wanted in gateway["spec"].get("addresses", []):
        kind, value = wanted.get("type", "IPAddress"), wanted.get("value", "")
        if kind != "NamedAddress":
            unusable.append(f'unsupported address type "{kind}", only "NamedAddress" is supported.')
        elif known is not None and value not in known.addresses:
            unusable.append(f'address "{value}" does not exist.')
        elif known is not None:
            address = known.addresses[value]
    certificates = gateway["metadata"].get("annotations", {}).get(CERTIFICATE_MAP)
    faults = list(unusable)
    if certificates and known is not None and certificates not in known.certificate_maps:
        faults.append(f'certificate map "{certificates}" does not exist.')
    faults += [fault for listener in gateway["spec"]["listeners"] for fault in _listener_fault(listener, certificates)]
    fault = None
    if faults:
        fault = f'Error GWCER106: Gateway "{title(gateway)}" is invalid, err: {faults[0]}'
    elif gateway is not first:
        fault = f'The stand-in serves one Gateway, the oldest: "{title(first)}". GKE would serve this one too.'
    return _Draft(gateway=gateway, fault=fault, address=address, unusable=bool(unusable))


def _listener_fault(listener: Object, certificates: str | None) -> Iterator[str]:
    name, protocol, tls = listener["name"], listener["protocol"], listener.get("tls", {})
    if protocol not in _PORTS:
        yield f'listener "{name}": protocol {protocol} is not supported.'
    elif listener["port"] != _PORTS[protocol]:
        yield f'listener "{name}": the stand-in answers {protocol} on port {_PORTS[protocol]} alone.'
    elif protocol == "HTTPS" and certificates and tls.get("certificateRefs"):
        yield f'listener "{name}": {CERTIFICATE_MAP} and tls.certificateRefs exclude each other.'
    elif protocol == "HTTPS" and not certificates and not tls:
        yield f'listener "{name}": no certificates specified for protocol HTTPS.'


def _judge_route(route: Object, world: World, drafts: Mapping[tuple[str, str], _Draft]) -> list[Status]:
    """Bind a route to the listeners that take it, and say how that went; nothing when none of its parents is ours."""
    namespace, _ = key(route)
    parents = []
    for reference in route["spec"].get("parentRefs", []):
        place = (reference.get("namespace", namespace), reference["name"])
        ours = reference.get("group", GATEWAY_API) == GATEWAY_API and reference.get("kind", "Gateway") == "Gateway"
        if ours and place in drafts:
            conditions = _bind(route, reference, world, drafts[place])
            parents.append({"parentRef": reference, "controllerName": CONTROLLER, "conditions": conditions})
    others = [parent for parent in route.get("status", {}).get("parents", []) if parent["controllerName"] != CONTROLLER]
    if not parents and len(others) == len(route.get("status", {}).get("parents", [])):
        return []
    return [Status(path=path(route, "httproutes"), found=route, status={"parents": [*others, *parents]})]


def _bind(route: Object, reference: Object, world: World, draft: _Draft) -> list[Object]:
    missing = list(_unresolved(route, world))
    resolved = condition("ResolvedRefs", *(missing[0] if missing else ("ResolvedRefs", "")), true=not missing)
    if mistake := _misconfiguration(route):
        message = f'Error GWCER104: HTTPRoute "{title(route)}" is misconfigured, err: {mistake}'
        draft.fault = draft.fault or message
        return [_accepted("Invalid", message), resolved, condition("Reconciled", "Invalid", message, true=False)]
    reason = "NoMatchingParent"
    for listener in draft.gateway["spec"]["listeners"]:
        if reference.get("sectionName", listener["name"]) != listener["name"]:
            continue
        if reference.get("port", listener["port"]) != listener["port"]:
            continue
        if not _allows(listener, route, draft.gateway, world):
            reason = "NotAllowedByListeners"
            continue
        hostnames = shared_hostnames(listener.get("hostname"), route["spec"].get("hostnames", []))
        if not hostnames:
            reason = "NoMatchingListenerHostname"
            continue
        draft.bound.setdefault(listener["name"], []).append(_Bound(route=route, hostnames=hostnames))
        reason = ""
    if reason:
        message = f'No listener of Gateway "{title(draft.gateway)}" takes HTTPRoute "{title(route)}".'
        return [_accepted(reason, message), resolved, condition("Reconciled", reason, message, true=False)]
    return [_accepted(), resolved, condition("Reconciled", "ReconciliationSucceeded")]


def _accepted(reason: str = "", message: str = "") -> Object:
    return condition("Accepted", reason or "Accepted", message, true=not reason)


def _misconfiguration(route: Object) -> str | None:
    """The first thing in a route that GKE's global load balancer does not do."""
    for rule in route["spec"].get("rules", []):
        for name, sentence in _UNSUPPORTED.items():
            if name in rule:
                return sentence
        for match in rule.get("matches", []):
            if match.get("path", {}).get("type") == "RegularExpression":
                return "Paths must start with '/' character"
            if "method" in match:
                return "HTTP method matches are not supported."
        for kind in (wanted["type"] for wanted in rule.get("filters", [])):
            if kind not in _FILTERS:
                return f"the stand-in does not know the filter {kind}."
    return None


def _unresolved(route: Object, world: World) -> Iterator[tuple[str, str]]:
    """Reasons and messages of the backends that are not there."""
    namespace, _ = key(route)
    for rule in route["spec"].get("rules", []):
        for reference in rule.get("backendRefs", []):
            place, name = reference.get("namespace", namespace), reference["name"]
            if place != namespace:
                yield "RefNotPermitted", f"services {place}/{name}: the stand-in knows no ReferenceGrants."
            elif not _port(world, place, name, reference):
                error = f'Error GWCER104: HTTPRoute "{title(route)}" is misconfigured, err: Error GWCER102: services'
                yield "BackendNotFound", f"{error} {place}/{name} not found"


def _port(world: World, namespace: str, name: str, reference: Object) -> bool:
    """Whether a Service has the port that a route names."""
    service = world.service(namespace, name)
    ports = service["spec"].get("ports", []) if service else []
    return any(port["port"] == reference.get("port") for port in ports)


def _allows(listener: Object, route: Object, gateway: Object, world: World) -> bool:
    allowed = listener.get("allowedRoutes", {})
    if kinds := allowed.get("kinds"):
        taken = {(kind.get("group", GATEWAY_API), kind["kind"]) for kind in kinds}
        if (GATEWAY_API, "HTTPRoute") not in taken:
            return False
    namespaces = allowed.get("namespaces", {})
    match namespaces.get("from", "Same"):
        case "All":
            return True
        case "Selector":
            return _selects(namespaces.get("selector", {}), world.labels(key(route)[0]))
        case _:
            return key(route)[0] == key(gateway)[0]


def _selects(selector: Object, labels: Mapping[str, str]) -> bool:
    exact = all(labels.get(name) == value for name, value in selector.get("matchLabels", {}).items())
    return exact and all(_fits(wanted, labels) for wanted in selector.get("matchExpressions", []))


def _fits(wanted: Object, labels: Mapping[str, str]) -> bool:
    name, values = wanted["key"], wanted.get("values", [])
    match wanted["operator"]:
        case "In":
            return labels.get(name) in values
        case "NotIn":
            return labels.get(name) not in values
        case "Exists":
            return name in labels
        case _:
            return name not in labels


def shared_hostnames(listener: str | None, route: Sequence[str]) -> tuple[str, ...]:
    """The hosts that both a listener and a route are for, the narrower of each pair; none when they share none."""
    if not route:
        return (listener or "*",)
    if not listener:
        return tuple(route)
    found = []
    for name in route:
        if name == listener or _covers(listener, name):
            found.append(name)
        elif _covers(name, listener):
            found.append(listener)
    return tuple(dict.fromkeys(found))


def _covers(pattern: str, name: str) -> bool:
    return pattern.startswith("*.") and name.removeprefix("*.").endswith(pattern[1:])


def _gateway_status(draft: _Draft) -> Status:
    """The status of a Gateway; the condition `Ready` and others that GKE calls deprecated are left out."""
    fault = draft.fault
    programmed = condition("Programmed", "Invalid" if fault else "Programmed", fault or "", true=not fault)
    healthy = condition(
        "networking.gke.io/GatewayHealthy",
        "Error" if fault else "Healthy",
        f"Gateway: Invalid : {fault}" if fault else "",
        true=not fault,
    )
    listeners = []
    for listener in draft.gateway["spec"]["listeners"]:
        accepted = (
            condition("Accepted", "UnsupportedAddress", fault or "", true=False) if draft.unusable else _accepted()
        )
        conditions = [condition("ResolvedRefs", "ResolvedRefs"), accepted, programmed]
        listeners.append(
            {
                "name": listener["name"],
                "attachedRoutes": len(draft.bound.get(listener["name"], [])),
                "supportedKinds": [{"group": GATEWAY_API, "kind": "HTTPRoute"}],
                "conditions": conditions,
            }
        )
    status: Object = {"conditions": [_accepted(), programmed, healthy], "listeners": listeners}
    if not fault:
        status["addresses"] = [{"type": "IPAddress", "value": draft.address}]
    elif addresses := draft.gateway.get("status", {}).get("addresses"):
        status["addresses"] = addresses
    return Status(path=path(draft.gateway, "gateways"), found=draft.gateway, status=status)


def _plan(draft: _Draft, world: World, attached: Policies, known: Known | None) -> Plan:
    backends: dict[str, Backend] = {}
    rules: dict[int, list[Rule]] = {}
    for listener in draft.gateway["spec"]["listeners"]:
        port = rules.setdefault(listener["port"], [])
        for bound in draft.bound.get(listener["name"], []):
            port += [_rule(bound, rule, world, attached, backends) for rule in bound.route["spec"].get("rules", [])]
    certificates = draft.gateway["metadata"].get("annotations", {}).get(CERTIFICATE_MAP, "")
    hostnames = {name for rule in rules.get(HTTPS_PORT, []) for name in rule.hostnames if name != "*"}
    hostnames |= set(known.certificate_maps.get(certificates, ())) if known is not None else set()
    return Plan(
        ports=tuple(Port(number=number, rules=tuple(found)) for number, found in sorted(rules.items())),
        backends=tuple(backends[name] for name in sorted(backends)),
        hostnames=tuple(sorted(hostnames)),
        address=draft.address,
    )


def _rule(bound: _Bound, rule: Object, world: World, attached: Policies, backends: dict[str, Backend]) -> Rule:
    namespace, _ = key(bound.route)
    chosen, seconds = [], [1]
    for reference in rule.get("backendRefs", []):
        name = reference["name"]
        if reference.get("namespace", namespace) != namespace or not _port(world, namespace, name, reference):
            continue
        check = Check.of(attached.of(HEALTH_CHECK_POLICY, namespace, name))
        backend = Backend(namespace=namespace, service=name, port=reference["port"], check=check)
        backends[backend.name] = backend
        chosen.append((backend.name, reference.get("weight", 1)))
        policy = attached.of(BACKEND_POLICY, namespace, name)
        seconds.append((policy or {"spec": {}})["spec"].get("default", {}).get("timeoutSec", BACKEND_SECONDS))
    return Rule(
        hostnames=bound.hostnames,
        matches=tuple(rule.get("matches") or [{"path": {"type": "PathPrefix", "value": "/"}}]),
        filters=tuple(rule.get("filters", [])),
        backends=tuple(chosen),
        timeout=max(seconds),
    )
