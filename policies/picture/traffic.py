"""Who may call whom in the cluster, and what the gateway leads to: as NetworkPolicies and HTTPRoutes say it.

A call is drawn where both sides allow it: the policies on who calls let it out, those on who is called let it in. A
workload that no policy isolates may do anything; that is said of it rather than drawn.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from policies.capture import Capture, Resource
from policies.picture.parts import GATEWAY, NAMESPACE, text
from policies.pods import TEMPLATES

_POLICY: Final = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_ROUTE: Final = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"
_SERVICE: Final = "kubernetes:core/v1:Service"
_NAME: Final = "kubernetes.io/metadata.name"
Labels = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Workload:
    urn: str
    namespace: str
    labels: Labels
    space: Labels
    """Labels of its namespace."""


@dataclass
class Traffic:
    """What may flow."""

    calls: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """URNs of the workload that calls and the one that is called, to the ports."""
    open_out: set[str] = field(default_factory=set)
    """URNs of workloads that may call anything."""
    open_in: set[str] = field(default_factory=set)
    """URNs of workloads that anything may call."""
    routes: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """URNs of a gateway and a workload, to the paths that lead there."""


def traffic(capture: Capture) -> Traffic:
    """All that NetworkPolicies and HTTPRoutes allow."""
    workloads = _workloads(capture)
    outward, inward = _rules(capture, workloads, "egress"), _rules(capture, workloads, "ingress")
    found = Traffic(
        open_out={one.urn for one in workloads if one.urn not in outward},
        open_in={one.urn for one in workloads if one.urn not in inward},
        routes=_routes(capture, workloads),
    )
    peers = _Peers(workloads)
    let_in = {one.urn: {who.urn for rule in inward[one.urn] for who in peers.of(rule, "from", one.namespace)}
              for one in workloads if one.urn in inward}  # fmt: skip
    for caller in workloads:
        for rule in outward.get(caller.urn, []):
            for called in peers.of(rule, "to", caller.namespace):
                if called is not caller and caller.urn in let_in.get(called.urn, (caller.urn,)):
                    ports = found.calls.setdefault((caller.urn, called.urn), [])
                    ports.extend(port for port in _ports(rule) if port not in ports)
    return found


def _workloads(capture: Capture) -> list[_Workload]:
    spaces = {name(space): {**labels(space, "metadata.labels"), _NAME: name(space)} for space in capture.of(NAMESPACE)}
    return [
        _Workload(
            urn=one.urn,
            namespace=space,
            labels=labels(one, f"{TEMPLATES[one.type]}metadata.labels"),
            space=spaces.get(space, {_NAME: space}),
        )
        for one in capture.of(*TEMPLATES)
        for space in [text(one.raw("metadata.namespace"))]
    ]


def name(resource: Resource) -> str:
    """Name of a Kubernetes object."""
    return text(resource.raw("metadata.name")) or resource.name


def labels(resource: Resource, path: str) -> Labels:
    """The mapping at a path; empty where there is none."""
    found = resource.raw(path)
    return found if isinstance(found, Mapping) else {}


def _rules(capture: Capture, workloads: list[_Workload], way: str) -> dict[str, list[Mapping[str, Any]]]:
    """Rules of each workload that some policy isolates in this direction."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    by_space = defaultdict(list)
    for one in workloads:
        by_space[one.namespace].append(one)
    for policy in capture.of(_POLICY):
        if way.capitalize() not in _ways(policy):
            continue
        selector = labels(policy, "spec.podSelector")
        for one in by_space[text(policy.raw("metadata.namespace"))]:
            if _selects(selector, one.labels):
                found.setdefault(one.urn, []).extend(_list(policy.raw(f"spec.{way}")))
    return found


def _ways(policy: Resource) -> list[str]:
    stated = _list(policy.raw("spec.policyTypes"))
    return stated or ["Ingress", *(["Egress"] if policy.has("spec.egress") else [])]


class _Peers:
    """Finds who a rule means, by label: a search through all of them would be slow in a large stack."""

    def __init__(self, workloads: list[_Workload]) -> None:
        self._all = workloads
        self._by_label = defaultdict(list)
        for one in workloads:
            for key, value in one.labels.items():
                self._by_label[key, str(value)].append(one)

    def of(self, rule: Mapping[str, Any], side: str, own: str) -> Iterator[_Workload]:
        """The workloads that a rule of a policy in the namespace `own` lists under "to" or "from"; all for no list."""
        listed = _list(rule.get(side))
        if not listed:
            yield from self._all
        for peer in listed:
            wanted = (peer.get("podSelector") or {}).get("matchLabels") or {}
            first = next(iter(wanted.items()), None)
            candidates = self._by_label.get((first[0], str(first[1])), []) if first else self._all
            yield from (one for one in candidates if _is_peer(peer, one, own))


def _is_peer(peer: Mapping[str, Any], one: _Workload, own: str) -> bool:
    """Whether a peer of a policy in the namespace `own` is this workload; addresses are no workloads."""
    if "podSelector" not in peer and "namespaceSelector" not in peer:
        return False
    spaces = peer.get("namespaceSelector")
    if one.namespace != own if spaces is None else not _selects(spaces, one.space):
        return False
    return _selects(peer.get("podSelector") or {}, one.labels)


def _selects(selector: Mapping[str, Any], found: Labels) -> bool:
    wanted = selector.get("matchLabels") or {}
    if any(found.get(key) != value for key, value in wanted.items()):
        return False
    return all(_holds(one, found) for one in _list(selector.get("matchExpressions")))


def _holds(expression: Mapping[str, Any], found: Labels) -> bool:
    key, values = expression.get("key", ""), _list(expression.get("values"))
    match expression.get("operator"):
        case "In":
            return found.get(key) in values
        case "NotIn":
            return found.get(key) not in values
        case "Exists":
            return key in found
        case _:
            return key not in found


def _ports(rule: Mapping[str, Any]) -> list[str]:
    return [text(port.get("port")) for port in _list(rule.get("ports")) if text(port.get("port"))]


def _routes(capture: Capture, workloads: list[_Workload]) -> dict[tuple[str, str], list[str]]:
    gateways = {(text(one.raw("metadata.namespace")), name(one)): one.urn for one in capture.of(GATEWAY)}
    services = {(text(one.raw("metadata.namespace")), name(one)): one for one in capture.of(_SERVICE)}
    found: dict[tuple[str, str], list[str]] = {}
    for route in capture.of(_ROUTE):
        own = text(route.raw("metadata.namespace"))
        parents = [
            gateways.get((one.get("namespace", own), one["name"])) for one in _list(route.raw("spec.parentRefs"))
        ]
        for rule in _list(route.raw("spec.rules")):
            paths = [text((match.get("path") or {}).get("value")) or "/" for match in _list(rule.get("matches"))]
            for reference in _list(rule.get("backendRefs")):
                service = services.get((reference.get("namespace", own), reference["name"]))
                for workload in _behind(service, workloads):
                    for gateway in filter(None, parents):
                        found.setdefault((gateway, workload.urn), []).extend(paths or ["/"])
    return found


def _behind(service: Resource | None, workloads: Iterable[_Workload]) -> Iterator[_Workload]:
    if service is not None and (wanted := labels(service, "spec.selector")):
        space = text(service.raw("metadata.namespace"))
        yield from (one for one in workloads if one.namespace == space and wanted.items() <= one.labels.items())


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
