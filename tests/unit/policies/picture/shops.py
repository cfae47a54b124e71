"""Stacks of any number of services, made by hand: what a picture of other settings would be drawn from."""

from typing import Any

from policies.capture import Capture, Resource

_URN = "urn:pulumi:test::a-tu-mano::"


def shop(number: int, *, isolated: bool = True) -> Capture:
    """`number` services in the namespace shop: each may call the next one, the last of them the database.

    Args:
        number: How many.
        isolated: Whether policies deny what they do not allow.
    """
    names = [f"service-{i:03}" for i in range(number)]
    made = [*_component("Namespace", "shop", [("core/v1:Namespace", "shop", {"metadata": {"name": "shop"}})])]
    if isolated:
        deny = {"metadata": _meta("deny", "shop"), "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}}
        made.append(_resource("networking.k8s.io/v1:NetworkPolicy", "deny", deny, made[0]))
    gateway = {"metadata": _meta("gate", "edge"), "spec": {"gatewayClassName": "test", "listeners": []}}
    made += _component("Gateway", "gateway", [("gateway.networking.k8s.io/v1:Gateway", "gateway", gateway)])
    for i, name in enumerate(names):
        after = names[i + 1] if i + 1 < number else None
        before = names[i - 1] if i else None
        made += _component("Microservice", name, _service(name, after, before))
    return Capture(stack="test", project="a-tu-mano", source="program", resources=tuple(made))


def _service(name: str, calls: str | None, called_by: str | None) -> list[tuple[str, str, dict[str, Any]]]:
    labels = {"name": name}
    spec = {
        "podSelector": {"matchLabels": labels},
        "policyTypes": ["Ingress", "Egress"],
        "egress": [{"to": [_peer(calls)], "ports": [{"port": 8080}]}] if calls else [],
        "ingress": [{"from": [_peer(called_by)]}] if called_by else [],
    }
    template = {"metadata": {"labels": labels}, "spec": {}}
    rules = [{"matches": [{"path": {"value": f"/{name}"}}], "backendRefs": [{"name": name, "port": 80}]}]
    parents = [{"name": "gate", "namespace": "edge"}]
    return [
        ("apps/v1:Deployment", name, {"metadata": _meta(name), "spec": {"replicas": 2, "template": template}}),
        ("core/v1:Service", f"{name}-service", {"metadata": _meta(name), "spec": {"selector": labels}}),
        ("networking.k8s.io/v1:NetworkPolicy", f"{name}-policy", {"metadata": _meta(name), "spec": spec}),
        (
            "gateway.networking.k8s.io/v1:HTTPRoute",
            f"{name}-route",
            {"metadata": _meta(name), "spec": {"rules": rules, "parentRefs": parents}},
        ),
    ]


def _peer(name: str) -> dict[str, Any]:
    return {"podSelector": {"matchLabels": {"name": name}}}


def _meta(name: str, space: str = "shop") -> dict[str, str]:
    return {"name": name, "namespace": space}


def _component(kind: str, name: str, inside: list[tuple[str, str, dict[str, Any]]]) -> list[Resource]:
    type_ = f"a-tu-mano:kubernetes:{kind}"
    parent = Resource(urn=f"{_URN}{type_}::{name}", type=type_, name=name, inputs={}, custom=False)
    return [parent, *(_resource(kind, own, inputs, parent) for kind, own, inputs in inside)]


def _resource(kind: str, name: str, inputs: dict[str, Any], parent: Resource) -> Resource:
    type_ = f"kubernetes:{kind}"
    return Resource(
        urn=f"{_URN}{parent.type}${type_}::{name}", type=type_, name=name, inputs=inputs, parent=parent.urn,
        file="infra/components/microservice.py", line=1,
    )  # fmt: skip
