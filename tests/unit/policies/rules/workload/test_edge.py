"""Rules on Gateways, routes, and the policies of GKE's load balancer."""

from policies.capture import UNKNOWN
from policies.rules.workload import (
    backend_armor,
    backend_policy,
    gateway_certificate,
    gateway_routes,
    gateway_tls,
    gateway_tls_policy,
    health_check,
    route_parent,
)
from tests.unit.policies.rules.cases import GONE, changed, four_cases, without

GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway gateway"
ROUTE = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute auth-route"
REDIRECT = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute gateway-redirect"
GATEWAY_POLICY = "kubernetes:networking.gke.io/v1:GCPGatewayPolicy gateway-policy"
HEALTH = "kubernetes:networking.gke.io/v1:HealthCheckPolicy auth-health"
BACKEND = "kubernetes:networking.gke.io/v1:GCPBackendPolicy auth-backend"
OTHERS_CLASS = changed(GATEWAY, {"spec.gatewayClassName": "envoy"})
CLASS_UNKNOWN = changed(GATEWAY, {"spec.gatewayClassName": UNKNOWN})

test_gateway_tls = four_cases(
    gateway_tls.RULE,
    "prod",
    passing=[without(REDIRECT)],
    failing=[
        changed(ROUTE, {"spec.parentRefs[0].sectionName": "http"}),
        changed(ROUTE, {"spec.parentRefs[0].sectionName": GONE}),
        changed(REDIRECT, {"spec.rules[0].filters[0].requestRedirect.scheme": "http"}),
        changed(REDIRECT, {"spec.rules[0].filters": GONE}),
        changed(REDIRECT, {"spec.rules[0].backendRefs": [{"name": "auth", "port": 80}]}),
        changed(GATEWAY, {"spec.listeners[1].protocol": "TCP"}),
    ],
    unknown=[
        changed(GATEWAY, {"spec.listeners": UNKNOWN}),
        changed(GATEWAY, {"spec.listeners[0].protocol": UNKNOWN}),
        changed(ROUTE, {"spec.parentRefs": UNKNOWN}),
        changed(REDIRECT, {"spec.rules[0].filters": UNKNOWN}),
    ],
)
test_gateway_certificate = four_cases(
    gateway_certificate.RULE,
    f"prod {GATEWAY}",
    passing=[
        {"metadata.annotations": {"networking.gke.io/certmap": "shop"}},
        {"metadata.annotations": GONE, "spec.listeners[0].tls": {"certificateRefs": [{"name": "shop"}]}},
        {"metadata.annotations": GONE, "spec.listeners[0].protocol": "HTTP"},
    ],
    failing=[{"metadata.annotations": GONE}, {"metadata.annotations": {"networking.gke.io/certmap": ""}}],
    unknown=[
        "metadata.annotations",
        "spec.listeners",
        {"metadata.annotations": {"networking.gke.io/certmap": UNKNOWN}},
    ],
)
test_gateway_tls_policy = four_cases(
    gateway_tls_policy.RULE,
    "prod",
    failing=[
        without(GATEWAY_POLICY),
        changed(GATEWAY_POLICY, {"spec.default.sslPolicy": GONE}),
        changed(GATEWAY_POLICY, {"spec.targetRef.name": "other"}),
        changed(GATEWAY_POLICY, {"spec.targetRef.kind": "Service"}),
        changed(GATEWAY_POLICY, {"metadata.namespace": "shop"}),
    ],
    unknown=[changed(GATEWAY_POLICY, {"spec.default.sslPolicy": UNKNOWN}), CLASS_UNKNOWN],
    not_applicable=[OTHERS_CLASS],
)
test_gateway_routes = four_cases(
    gateway_routes.RULE,
    f"prod {GATEWAY}",
    passing=[{"spec.listeners[0].allowedRoutes": GONE}],
    failing=[{"spec.listeners[1].allowedRoutes.namespaces.from": "All"}],
    unknown=["spec.listeners", "spec.listeners[0].allowedRoutes"],
)
test_route_parent = four_cases(
    route_parent.RULE,
    "prod",
    failing=[
        changed(ROUTE, {"spec.parentRefs[0].name": "other"}),
        changed(ROUTE, {"spec.parentRefs[0].namespace": GONE}),
        changed(ROUTE, {"spec.parentRefs[0].sectionName": GONE}),
        changed(ROUTE, {"spec.parentRefs[0].kind": "Service"}),
        without(GATEWAY),
    ],
    unknown=[changed(ROUTE, {"spec.parentRefs": UNKNOWN}), changed(GATEWAY, {"metadata.name": UNKNOWN})],
)
test_health_check = four_cases(
    health_check.RULE,
    "prod",
    passing=[without("kubernetes:core/v1:Service mongodb-service")],
    failing=[without(HEALTH), changed(HEALTH, {"spec.targetRef.name": "orders"})],
    unknown=[changed(HEALTH, {"spec.targetRef": UNKNOWN}), CLASS_UNKNOWN, changed(ROUTE, {"spec.rules": UNKNOWN})],
    not_applicable=[OTHERS_CLASS],
)
test_backend_policy = four_cases(
    backend_policy.RULE,
    "prod",
    failing=[without(BACKEND), changed(BACKEND, {"metadata.namespace": "edge"})],
    unknown=[changed(BACKEND, {"spec.targetRef": UNKNOWN})],
    not_applicable=[OTHERS_CLASS],
)
test_backend_armor = four_cases(
    backend_armor.RULE,
    f"prod {BACKEND}",
    failing=[{"spec.default.securityPolicy": GONE}, {"spec.default": GONE}],
    unknown=["spec.default.securityPolicy", "spec.default"],
)
