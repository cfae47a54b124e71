"""What a health check is, and which pods take requests."""

from local.gke.plan import Backend, Check, Plan, endpoints
from tests.unit.local.gke.shapes import endpoint_slice, policy, service, world

PLAN = Plan(backends=(Backend(namespace="shop", service="frontend", port=80, check=Check()),))


def test_a_policy_is_read_whole_and_what_it_leaves_out_is_the_references_default() -> None:
    http = {"requestPath": "/readyz", "host": "shop.example.com", "port": 9000, "response": "ok"}
    full = policy("HealthCheckPolicy", checkIntervalSec=10, timeoutSec=3, healthyThreshold=1, unhealthyThreshold=4,
                  config={"type": "HTTP", "httpHealthCheck": http})  # fmt: skip
    assert Check.of(full) == Check(
        path="/readyz", host="shop.example.com", port=9000, response="ok", interval=10, timeout=3, healthy=1,
        unhealthy=4, chosen=True,
    )  # fmt: skip
    assert Check.of(policy("HealthCheckPolicy")) == Check(chosen=True)
    assert Check.of(None) == Check()


def test_endpoints_are_all_pods_that_do_not_end_at_the_port_of_the_container() -> None:
    ending = {"ready": False, "serving": True, "terminating": True}
    found = world(slices=[endpoint_slice(("10.95.1.5", {"ready": False}), ("10.95.1.4", {}), ("10.95.1.6", ending))])
    assert endpoints(found, PLAN) == {"shop.frontend.80": (("10.95.1.4", 8080), ("10.95.1.5", 8080))}


def test_pods_of_other_services_and_namespaces_are_not_among_them() -> None:
    foreign = endpoint_slice(("10.95.1.7", {}))
    foreign["metadata"]["namespace"] = "other"
    other = endpoint_slice(("10.95.1.8", {}), name="orders")
    assert endpoints(world(slices=[foreign, other]), PLAN) == {"shop.frontend.80": ()}


def test_of_a_service_that_is_gone_nothing_is_left() -> None:
    assert endpoints(world(services=[]), PLAN) == {"shop.frontend.80": ()}


def test_a_slice_without_endpoints_is_no_mistake() -> None:
    empty = endpoint_slice()
    empty |= {"endpoints": None, "ports": None}
    assert endpoints(world(services=[service()], slices=[empty]), PLAN) == {"shop.frontend.80": ()}
