"""Rules on namespaces, NetworkPolicies and Services."""

from policies.capture import UNKNOWN, Capture, Resource
from policies.rules.workload import (
    default_deny,
    egress_destinations,
    ingress_sources,
    namespace_restricted,
    network_policy,
    service_target,
    service_type,
)
from tests.unit.policies.rules.cases import GONE, added, changed, four_cases, made, without

AUTH = "kubernetes:apps/v1:Deployment auth"
DENY = "kubernetes:networking.k8s.io/v1:NetworkPolicy shop-deny"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy auth-policy"
SERVICE = "kubernetes:core/v1:Service auth-service"
LEVEL = "pod-security.kubernetes.io/enforce"
OTHER = {"matchLabels": {"app.kubernetes.io/name": "other"}}


def denying(*types: str) -> Resource:
    """A policy that denies all of the shop's traffic in these directions."""
    return made(
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "-".join(types),
        metadata={"name": "half", "namespace": "shop"},
        spec={"podSelector": {}, "policyTypes": list(types)},
    )


test_namespace_restricted = four_cases(
    namespace_restricted.RULE,
    "prod kubernetes:core/v1:Namespace shop",
    failing=[{"metadata.labels": GONE}, {"metadata.labels": {LEVEL: "baseline"}}],
    unknown=["metadata", "metadata.labels", {"metadata.labels": {LEVEL: UNKNOWN}}],
)


def one_for_each_direction(prod: Capture) -> Capture:
    return added(denying("Ingress"), denying("Egress"))(without(DENY)(prod))


test_default_deny = four_cases(
    default_deny.RULE,
    "prod",
    passing=[one_for_each_direction],
    failing=[
        without(DENY),
        changed(DENY, {"spec.policyTypes": ["Ingress"]}),
        changed(DENY, {"spec.policyTypes": GONE}),
        changed(DENY, {"spec.ingress": [{}]}),
        changed(DENY, {"spec.podSelector": OTHER}),
        changed(DENY, {"metadata.namespace": "other"}),
    ],
    unknown=[
        changed(DENY, {"spec.podSelector": UNKNOWN}),
        changed(DENY, {"spec.policyTypes": UNKNOWN}),
        changed(DENY, {"spec.egress": UNKNOWN}),
        changed("kubernetes:core/v1:Namespace shop", {"metadata.name": UNKNOWN}),
    ],
)
test_network_policy = four_cases(
    network_policy.RULE,
    "prod",
    failing=[without(POLICY), changed(POLICY, {"spec.podSelector": OTHER}), changed(POLICY, {"spec.podSelector": {}})],
    unknown=[changed(POLICY, {"spec.podSelector": UNKNOWN}), changed(AUTH, {"spec.template.metadata": UNKNOWN})],
)
test_ingress_sources = four_cases(
    ingress_sources.RULE,
    f"prod {POLICY}",
    passing=[{"spec.ingress": GONE}],
    failing=[
        {"spec.ingress[0].from": GONE},
        {"spec.ingress[0].from": []},
        {"spec.ingress[0].from[0].ipBlock.cidr": "0.0.0.0/0"},
        {"spec.ingress[1].from[0]": {"ipBlock": {"cidr": "::/0"}}},
    ],
    unknown=["spec.ingress", "spec.ingress[0].from", "spec.ingress[0].from[0].ipBlock.cidr"],
)
test_egress_destinations = four_cases(
    egress_destinations.RULE,
    f"prod {POLICY}",
    failing=[{"spec.egress[0].to": GONE}, {"spec.egress[0].to[0]": {"ipBlock": {"cidr": "0.0.0.0/0"}}}],
    unknown=["spec.egress", "spec.egress[0].to"],
)
test_service_type = four_cases(
    service_type.RULE,
    f"prod {SERVICE}",
    passing=[{"spec.type": "ClusterIP"}],
    failing=[{"spec.type": "LoadBalancer"}, {"spec.type": "NodePort"}, {"spec.externalIPs": ["192.0.2.1"]}],
    unknown=["spec", "spec.type", "spec.externalIPs"],
)
test_service_target = four_cases(
    service_target.RULE,
    "prod",
    passing=[
        changed(SERVICE, {"spec.ports[0].targetPort": 8080}),
        changed(SERVICE, {"spec.ports[0]": {"port": 9090}}),
        changed(SERVICE, {"spec.selector": GONE}),
    ],
    failing=[
        changed(SERVICE, {"spec.ports[0].targetPort": GONE}),
        changed(SERVICE, {"spec.ports[0].targetPort": "web"}),
        changed(SERVICE, {"spec.selector": OTHER["matchLabels"]}),
        changed(SERVICE, {"spec.selector": {"app.kubernetes.io/part-of": "a-tu-mano"}}),
        changed(SERVICE, {"metadata.namespace": "edge"}),
        without(AUTH),
    ],
    unknown=[
        changed(SERVICE, {"spec.selector": UNKNOWN}),
        changed(SERVICE, {"spec.ports": UNKNOWN}),
        changed(AUTH, {"spec.template.spec.containers[0].ports": UNKNOWN}),
    ],
)
