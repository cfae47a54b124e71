"""Objects as the stack makes them, for the tests of the stand-in."""

from typing import Any

from local.gke.world import GATEWAY_CLASS, Known, World

GATEWAY = "gateway.networking.k8s.io"
EDGE = {"name": "atm-dev-edge", "namespace": "edge"}
KNOWN = Known(
    addresses={"atm-dev-edge": "203.0.113.7"},
    certificate_maps={"atm-dev-edge": ["shop.example.com"]},
    security_policies=frozenset({"atm-dev-edge"}),
    ssl_policies=frozenset({"atm-dev-edge"}),
)


def made(kind: str, namespace: str, name: str, spec: dict[str, Any], *, second: int = 0) -> dict[str, Any]:
    return {
        "kind": kind,
        "metadata": {
            "namespace": namespace,
            "name": name,
            "generation": 1,
            "resourceVersion": "7",
            "creationTimestamp": f"2026-11-25T00:00:{second:02}Z",
        },
        "spec": spec,
    }


def gateway(**changes: Any) -> dict[str, Any]:
    """The edge: HTTP and HTTPS, a named address, a certificate map; routes of the shop's namespace and of its own."""
    selector = {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}
    spec = {
        "gatewayClassName": GATEWAY_CLASS,
        "addresses": [{"type": "NamedAddress", "value": "atm-dev-edge"}],
        "listeners": [
            {"name": "http", "port": 80, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "Same"}}},
            {
                "name": "https",
                "port": 443,
                "protocol": "HTTPS",
                "allowedRoutes": {"namespaces": {"from": "Selector", "selector": selector}},
            },
        ],
    }
    found = made("Gateway", EDGE["namespace"], EDGE["name"], {**spec, **changes})
    found["metadata"]["annotations"] = {"networking.gke.io/certmap": "atm-dev-edge"}
    return found


def route(name: str = "frontend", *, section: str = "https", namespace: str = "shop", **rule: Any) -> dict[str, Any]:
    one = {
        "matches": [{"path": {"type": "PathPrefix", "value": f"/{name}"}}],
        "backendRefs": [{"name": name, "port": 80}],
        **rule,
    }
    spec = {
        "hostnames": ["shop.example.com"],
        "parentRefs": [{**EDGE, "group": GATEWAY, "kind": "Gateway", "sectionName": section}],
        "rules": [one],
    }
    return made("HTTPRoute", namespace, name, spec)


def service(name: str = "frontend") -> dict[str, Any]:
    return made("Service", "shop", name, {"ports": [{"name": "http", "port": 80, "targetPort": "http"}]})


def endpoint_slice(*pods: tuple[str, dict[str, bool]], name: str = "frontend") -> dict[str, Any]:
    found = made("EndpointSlice", "shop", f"{name}-abc", {})
    found["metadata"]["labels"] = {"kubernetes.io/service-name": name}
    found |= {
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": 8080}],
        "endpoints": [{"addresses": [pod], "conditions": conditions} for pod, conditions in pods],
    }
    return found


def policy(kind: str, *, target: dict[str, str] | None = None, second: int = 0, **default: Any) -> dict[str, Any]:
    wanted = target or {"group": "", "kind": "Service", "name": "frontend"}
    spec = {"default": default, "targetRef": wanted}
    return made(kind, "shop", f"{kind.lower()}-{second}", spec, second=second)


def namespace(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}}}


def world(**parts: Any) -> World:
    """A shop of one service that is up; `parts` take the place of what is there."""
    whole: dict[str, Any] = {
        "gateways": [gateway()],
        "routes": [route()],
        "services": [service()],
        "slices": [endpoint_slice(("10.95.1.4", {"ready": True}), ("10.95.1.5", {"ready": True}))],
        "namespaces": [namespace("shop"), namespace("edge")],
        "policies": {},
    }
    return World(**{**whole, **parts})
