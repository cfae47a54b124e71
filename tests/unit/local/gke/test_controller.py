"""One turn of the stand-in, with an API server and a proxy that only remember."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest

from local.gke.api import Api
from local.gke.controller import Controller, sentence, stamped
from local.gke.plan import Backend, Check, Endpoint, Plan
from local.gke.proxy import Health, Proxy
from local.gke.world import GATEWAYS, ROUTES, Object, Status, World, condition
from tests.unit.local.gke.shapes import endpoint_slice, gateway, namespace, policy, route, service

BACKEND = Backend(namespace="shop", service="frontend", port=80, check=Check())


class _Api:
    """Keeps objects by the path of their collection, and the patches that were merged."""

    def __init__(self) -> None:
        self.collections: dict[str, list[Object]] = {
            GATEWAYS: [gateway()],
            ROUTES: [route()],
            "/api/v1/services": [service()],
            "/apis/discovery.k8s.io/v1/endpointslices": [endpoint_slice(("10.95.1.4", {}))],
            "/api/v1/namespaces": [namespace("shop"), namespace("edge")],
            "/apis/networking.gke.io/v1/healthcheckpolicies": [policy("HealthCheckPolicy")],
        }
        self.merged: list[tuple[str, Mapping[str, Any]]] = []

    async def items(self, path: str) -> list[Object]:
        return self.collections.get(path, [])

    async def merge(self, path: str, patch: Mapping[str, Any]) -> bool:
        self.merged.append((path, patch))
        for found in (one for collection in self.collections.values() for one in collection):
            name = found["metadata"]["name"]
            if path.endswith(f"/{name}/status") and "status" in patch and path.split("/")[-3] == plural(found):
                found["status"] = patch["status"]
            elif path.endswith(f"/{plural(found)}/{name}"):
                found["metadata"].setdefault("annotations", {}).update(patch["metadata"]["annotations"])
        return True


def plural(found: Object) -> str:
    kind = found.get("kind", "").lower()
    return f"{kind[:-1]}ies" if kind.endswith("y") and "policy" in kind else f"{kind}s"


class _Proxy:
    def __init__(self) -> None:
        self.plan = Plan()
        self.found: Mapping[str, Sequence[Endpoint]] = {}

    async def ensure(self) -> bool:
        return False

    def configure(self, plan: Plan, found: Mapping[str, Sequence[Endpoint]]) -> None:
        self.plan, self.found = plan, found

    async def health(self) -> Mapping[str, Health]:
        return {}


def turned(api: _Api, proxy: _Proxy, turns: int = 1) -> None:
    controller = Controller(cast("Api", api), cast("Proxy", proxy), None)

    async def story() -> None:
        for _ in range(turns):
            await controller.turn()

    asyncio.run(story())


def test_a_turn_writes_every_status_tells_the_proxy_and_annotates_as_gke_does() -> None:
    api, proxy = _Api(), _Proxy()
    turned(api, proxy)
    assert [path for path, _ in api.merged] == [
        "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/frontend/status",
        "/apis/networking.gke.io/v1/namespaces/shop/healthcheckpolicies/healthcheckpolicy-0/status",
        "/apis/gateway.networking.k8s.io/v1/namespaces/edge/gateways/atm-dev-edge/status",
        "/apis/gateway.networking.k8s.io/v1/namespaces/edge/gateways/atm-dev-edge",
        "/api/v1/namespaces/shop/services/frontend",
    ]
    # What somebody else has changed meanwhile is looked at again, not overwritten.
    assert api.merged[0][1]["metadata"] == {"resourceVersion": "7"}
    assert proxy.found == {"shop.frontend.80": (("10.95.1.4", 8080),)}


def test_the_second_turn_has_nothing_to_write() -> None:
    api, proxy = _Api(), _Proxy()
    turned(api, proxy)
    written = len(api.merged)
    turned(api, proxy, 2)
    assert len(api.merged) == written


def test_endpoints_follow_the_pods_while_the_rules_stay_as_they_were() -> None:
    api, proxy = _Api(), _Proxy()
    turned(api, proxy)
    before = proxy.plan
    api.collections[ROUTES].append(route("slow", timeouts={"request": "1s"}))
    api.collections["/apis/discovery.k8s.io/v1/endpointslices"] = [endpoint_slice(("10.95.1.9", {}))]
    turned(api, proxy)
    assert proxy.plan is before
    assert proxy.found == {"shop.frontend.80": (("10.95.1.9", 8080),)}


def test_what_is_about_to_be_deleted_is_gone() -> None:
    api, proxy = _Api(), _Proxy()
    api.collections[GATEWAYS][0]["metadata"]["deletionTimestamp"] = "2026-11-25T00:00:00Z"
    turned(api, proxy)
    assert proxy.plan == Plan()


def test_what_is_wrong_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    api, proxy = _Api(), _Proxy()
    api.collections["/api/v1/services"] = []
    with caplog.at_level("INFO"):
        turned(api, proxy, 3)
    assert caplog.text.count("services shop/frontend not found") == 1


def status(found: Object, wanted: Object) -> Status:
    return Status(path="/x", found=found, status=wanted)


def test_a_condition_keeps_its_time_while_its_status_is_the_same() -> None:
    found = gateway()
    found["status"] = {"conditions": [{**condition("A", "Old"), "lastTransitionTime": "then"},
                                      {**condition("B", "Old"), "lastTransitionTime": "then"}]}  # fmt: skip
    wanted = {"conditions": [condition("A", "New"), condition("B", "New", true=False), condition("C", "New")]}
    times = [one["lastTransitionTime"] for one in stamped(status(found, wanted), "now")["conditions"]]
    assert times == ["then", "now", "now"]


def test_conditions_of_listeners_and_parents_are_told_apart() -> None:
    found = gateway()
    old = {**condition("Accepted", "Accepted"), "lastTransitionTime": "then", "observedGeneration": 1}
    found["status"] = {"listeners": [{"name": "http", "conditions": [old]}]}
    wanted = {
        "listeners": [{"name": name, "conditions": [condition("Accepted", "Accepted")]} for name in ("http", "s")]
    }
    times = [one["conditions"][0]["lastTransitionTime"] for one in stamped(status(found, wanted), "now")["listeners"]]
    assert times == ["then", "now"]


def test_the_condition_of_another_controller_is_left_as_it_is() -> None:
    other = {"controllerName": "x", "parentRef": {}, "conditions": [{**condition("A", "B"), "lastTransitionTime": "t"}]}
    assert stamped(status(route(), {"parents": [other]}), "now") == {"parents": [other]}


@pytest.mark.parametrize(
    ("check", "health", "said"),
    [
        (Check(), Health(2, 2), "2 of 2 endpoints answer 200 to GET /."),
        (Check(), Health(0, 2), "It has no HealthCheckPolicy, so GKE asks for /."),
        (Check(path="/healthz", chosen=True), Health(0, 1), "0 of 1 endpoints answer 200 to GET /healthz. Requests"),
        (Check(), Health(0, 0), "it has no pods."),
    ],
)
def test_the_health_of_a_service_is_a_sentence(check: Check, health: Health, said: str) -> None:
    backend = Backend(namespace="shop", service="frontend", port=80, check=check)
    assert said in sentence(backend, health)


def test_an_empty_world_is_no_mistake() -> None:
    api, proxy = _Api(), _Proxy()
    api.collections = {}
    turned(api, proxy)
    assert (api.merged, proxy.plan) == ([], Plan())
    assert World().of("HealthCheckPolicy") == ()
