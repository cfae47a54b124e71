"""Memory of the shop's pods as the kubelet counts it."""

import asyncio
import warnings
from collections import defaultdict
from typing import Any

# It knows the versions of its own release day; the objects used here are the same in all of them.
warnings.filterwarnings("ignore", message="Kubernetes version")

import kr8s.asyncio  # noqa: E402

from bench.harness import Limit, Row, Sample, judged  # noqa: E402
from local.stack import endpoints, kubeconfig  # noqa: E402

LIMIT = Limit(must=120, aim=90, unit=" MiB")


def measure() -> list[Row]:
    """Working set (what limits and evictions count) and resident memory of every pod; the largest service is judged."""
    found = asyncio.run(_by_service())
    services = list(endpoints())
    missing = [service for service in services if service not in found]
    if missing:
        msg = f"The service {missing[0]} has no pod, so its memory can't be measured. Run `make up`."
        raise RuntimeError(msg)
    working = {service: Sample([one for one, _ in found[service]]) for service in services}
    resident = {service: Sample([other for _, other in found[service]]) for service in services}
    largest = max(services, key=lambda service: working[service].median)
    each = "; ".join(f"{name} {working[name]}, resident {resident[name]}" for name in services)
    how = "working set and resident memory of each pod from the kubelet; the largest median is judged"
    value = working[largest].median
    return [judged("memory of an idle service pod", value, f"MiB: {each}", LIMIT, how)]


async def _by_service() -> dict[str, list[tuple[float, float]]]:
    api: Any = await kr8s.asyncio.api(kubeconfig=str(kubeconfig()))
    found = defaultdict(list)
    async for node in api.get("nodes"):
        async with api.call_api(
            "GET", base="/api", version="v1", url=f"nodes/{node.name}/proxy/stats/summary"
        ) as answer:
            pods = answer.json()["pods"]
        for pod in pods:
            for container in pod.get("containers", []):
                if pod["podRef"]["namespace"] == "shop" and "workingSetBytes" in container.get("memory", {}):
                    memory = container["memory"]
                    found[container["name"]].append((memory["workingSetBytes"] / 2**20, memory["rssBytes"] / 2**20))
    return found
