"""The plan as Envoy's configuration. Google's global load balancer is made of Envoys too, outside the cluster.

Envoy reads its listeners, routes, clusters and endpoints from files and follows their changes. An endpoint takes
requests once it has passed its health check; with none that has, Envoy answers 503 "no healthy upstream", as Google's
does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local.gke.plan import Backend, Endpoint, Plan, Port, Rule
from local.gke.world import Object

ADMIN: Final = "admin.sock"
"""Socket of Envoy's own questions and answers, in its working directory."""
_TYPES: Final = "type.googleapis.com/envoy"
_REDIRECTS: Final = {
    301: "MOVED_PERMANENTLY",
    302: "FOUND",
    303: "SEE_OTHER",
    307: "TEMPORARY_REDIRECT",
    308: "PERMANENT_REDIRECT",
}
_NOT_RESOLVED: Final = 500
"""Status of a rule whose Services are all missing; source: Gateway API, `backendRefs`."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the proxy listens, and where its files are."""

    folder: Path
    """Its working directory."""
    ports: Mapping[int, int]
    """Ports of this machine by those of the load balancer."""


def _typed(kind: str, **settings: Any) -> Object:
    return {"@type": f"{_TYPES}.{kind}", **settings}


def _extension(name: str, kind: str, **settings: Any) -> Object:
    return {"name": name, "typed_config": _typed(kind, **settings)}


def _at(address: str, port: int) -> Object:
    return {"socket_address": {"address": address, "port_value": port}}


def _file(place: Place, name: str) -> Object:
    return {"resource_api_version": "V3", "path_config_source": {"path": str(place.folder / name)}}


def _answer(resources: Iterable[Object]) -> Object:
    return {"resources": list(resources)}


def bootstrap(place: Place) -> Object:
    """What the proxy starts with: where its other files are."""
    return {
        "node": {"id": "gke", "cluster": "gke"},
        "admin": {"address": {"pipe": {"path": ADMIN}}},
        "dynamic_resources": {
            "lds_config": _file(place, "listeners.json"),
            "cds_config": _file(place, "clusters.json"),
        },
    }


def files(plan: Plan, place: Place, certificate: tuple[Path, Path] | None) -> Mapping[str, Object]:
    """Files by name, in the order in which they are to be written; `certificate` is its chain and its key."""
    routes = {f"routes-{port.number}.json": _answer([_routes(port, plan.address)]) for port in plan.ports}
    listeners = [_listener(port, place, certificate) for port in plan.ports]
    clusters = {"clusters.json": _answer(_cluster(backend, place) for backend in plan.backends)}
    return {**clusters, **routes, "listeners.json": _answer(listeners)}


def endpoint_files(plan: Plan, found: Mapping[str, Sequence[Endpoint]]) -> Mapping[str, Object]:
    """The file of each backend's endpoints."""
    return {
        f"endpoints-{backend.name}.json": _answer([_assignment(backend, found[backend.name])])
        for backend in plan.backends
    }


def _listener(port: Port, place: Place, certificate: tuple[Path, Path] | None) -> Object:
    router = _extension("envoy.filters.http.router", "extensions.filters.http.router.v3.Router")
    manager = _extension(
        "envoy.filters.network.http_connection_manager",
        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=str(port.number),
        rds={"route_config_name": str(port.number), "config_source": _file(place, f"routes-{port.number}.json")},
        http_filters=[router],
        upgrade_configs=[{"upgrade_type": "websocket"}],
        # The client's address and protocol as the services are told them by Google's.
        use_remote_address=True,
        via="1.1 google",
    )
    chain: Object = {"filters": [manager]}
    if port.secure and certificate is not None:
        chain["transport_socket"] = _extension(
            "envoy.transport_sockets.tls",
            "extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            common_tls_context={
                "alpn_protocols": ["h2", "http/1.1"],
                "tls_certificates": [
                    {
                        "certificate_chain": {"filename": str(certificate[0])},
                        "private_key": {"filename": str(certificate[1])},
                    }
                ],
            },
        )
    return _typed(
        "config.listener.v3.Listener",
        name=str(port.number),
        address=_at("127.0.0.1", place.ports[port.number]),
        filter_chains=[chain],
    )


def _routes(port: Port, address: str) -> Object:
    """All rules of a port by host; within a host the more specific match comes first, as the Gateway API wants it."""
    hosts: dict[str, list[tuple[Object, Rule]]] = {}
    for rule in port.rules:
        for host in rule.hostnames:
            hosts.setdefault(host, []).extend((match, rule) for match in rule.matches)
    return _typed(
        "config.route.v3.RouteConfiguration",
        name=str(port.number),
        ignore_port_in_host_matching=True,
        # Google's appends two addresses, the client's and its own. Source: External Application Load Balancer overview.
        **_headers("request", {"add": [{"name": "x-forwarded-for", "value": address}]}),
        virtual_hosts=[
            {
                "name": host,
                "domains": [host],
                "routes": [_route(match, rule) for match, rule in sorted(found, key=lambda pair: _precedence(pair[0]))],
            }
            for host, found in sorted(hosts.items())
        ],
    )


def _precedence(match: Object) -> tuple[bool, int, int, int]:
    path = match.get("path", {})
    exact = path.get("type") == "Exact"
    length = len(path.get("value", "/"))
    return not exact, -length, -len(match.get("headers", [])), -len(match.get("queryParams", []))


def _route(match: Object, rule: Rule) -> Object:
    chosen = {
        wanted["type"]: next(value for name, value in wanted.items() if name != "type") for wanted in rule.filters
    }
    route: Object = {"match": _match(match)}
    for name, where in (("RequestHeaderModifier", "request"), ("ResponseHeaderModifier", "response")):
        route |= _headers(where, chosen.get(name, {}))
    if (redirect := chosen.get("RequestRedirect")) is not None:
        route["redirect"] = _redirect(redirect)
    elif not any(weight for _, weight in rule.backends):
        route["direct_response"] = {"status": _NOT_RESOLVED}
    else:
        clusters = [{"name": name, "weight": weight} for name, weight in rule.backends]
        route["route"] = {
            "weighted_clusters": {"clusters": clusters},
            "timeout": f"{rule.timeout}s",
            "retry_policy": {"retry_on": "connect-failure", "num_retries": 1},
            **_rewrite(match, chosen.get("URLRewrite", {})),
        }
    return route


def _match(match: Object) -> Object:
    path = match.get("path", {})
    value = path.get("value", "/")
    found: Object
    if path.get("type") == "Exact":
        found = {"path": value}
    elif value == "/":
        found = {"prefix": "/"}
    else:
        # `/auth` is for `/auth` and `/auth/…`, not for `/authors`.
        found = {"path_separated_prefix": value.rstrip("/")}
    if headers := match.get("headers"):
        found["headers"] = [{"name": header["name"], "string_match": _string(header)} for header in headers]
    if parameters := match.get("queryParams"):
        found["query_parameters"] = [{"name": one["name"], "string_match": _string(one)} for one in parameters]
    return found


def _string(wanted: Object) -> Object:
    if wanted.get("type") == "RegularExpression":
        return {"safe_regex": {"regex": wanted["value"]}}
    return {"exact": wanted["value"]}


def _headers(where: str, modifier: Object) -> Object:
    actions = {"set": "OVERWRITE_IF_EXISTS_OR_ADD", "add": "APPEND_IF_EXISTS_OR_ADD"}
    added = [
        {"header": {"key": header["name"], "value": header["value"]}, "append_action": action}
        for name, action in actions.items()
        for header in modifier.get(name, [])
    ]
    changes = {f"{where}_headers_to_add": added, f"{where}_headers_to_remove": modifier.get("remove", [])}
    return {name: change for name, change in changes.items() if change}


def _redirect(redirect: Object) -> Object:
    found: Object = {"response_code": _REDIRECTS[redirect.get("statusCode", 302)]}
    for name, field in (("scheme", "scheme_redirect"), ("hostname", "host_redirect"), ("port", "port_redirect")):
        if name in redirect:
            found[field] = redirect[name]
    path = redirect.get("path", {})
    if "replaceFullPath" in path:
        found["path_redirect"] = path["replaceFullPath"]
    elif "replacePrefixMatch" in path:
        found["prefix_rewrite"] = path["replacePrefixMatch"]
    return found


def _rewrite(match: Object, rewrite: Object) -> Object:
    found: Object = {}
    if "hostname" in rewrite:
        found["host_rewrite_literal"] = rewrite["hostname"]
    path = rewrite.get("path", {})
    if "replaceFullPath" in path:
        found["regex_rewrite"] = {"pattern": {"regex": "^[^?]*"}, "substitution": path["replaceFullPath"]}
    elif (prefix := path.get("replacePrefixMatch")) is not None:
        # A plain prefix would leave two slashes where it is replaced by one.
        old = match.get("path", {}).get("value", "/").rstrip("/")
        found["regex_rewrite"] = {"pattern": {"regex": f"^{old}/*"}, "substitution": prefix.rstrip("/") + "/"}
    return found


def _cluster(backend: Backend, place: Place) -> Object:
    check = backend.check
    # Google's prober says who it is.
    http: Object = {
        "path": check.path,
        **_headers("request", {"set": [{"name": "user-agent", "value": "GoogleHC/1.0"}]}),
    }
    if check.host:
        http["host"] = check.host
    if check.response:
        http["receive"] = [{"text": check.response.encode().hex()}]
    interval = f"{check.interval}s"
    health_check = {
        "timeout": f"{check.timeout}s",
        "interval": interval,
        "no_traffic_interval": interval,
        "no_traffic_healthy_interval": interval,
        "healthy_threshold": check.healthy,
        "unhealthy_threshold": check.unhealthy,
        "http_health_check": http,
        # Google's probes are connections of their own; one kept open would not notice a new NetworkPolicy.
        "reuse_connection": False,
    }
    return _typed(
        "config.cluster.v3.Cluster",
        name=backend.name,
        type="EDS",
        eds_cluster_config={"eds_config": _file(place, f"endpoints-{backend.name}.json")},
        connect_timeout="3s",
        health_checks=[health_check],
        # A pod that is about to end takes no requests any more, whatever it still answers.
        ignore_health_on_host_removal=True,
        # Never to an endpoint that failed, however many did.
        common_lb_config={"healthy_panic_threshold": {"value": 0}},
    )


def _assignment(backend: Backend, found: Sequence[Endpoint]) -> Object:
    def endpoint(address: str, port: int) -> Object:
        checked: Object = {}
        if not backend.check.host:
            checked["hostname"] = address
        if backend.check.port is not None:
            checked["port_value"] = backend.check.port
        return {"endpoint": {"address": _at(address, port), "health_check_config": checked}}

    return _typed(
        "config.endpoint.v3.ClusterLoadAssignment",
        cluster_name=backend.name,
        endpoints=[{"lb_endpoints": [endpoint(address, port) for address, port in found]}],
    )
