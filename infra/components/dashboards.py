"""Dashboards as code: a row of charts for each service.

Source: cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards (MosaicLayout, XyChart).
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from infra.components import telemetry

ROWS: Final = 15
"""Services on one dashboard: six tiles each, and the API takes a hundred; more services get further dashboards."""
_COLUMNS: Final = 48
_WIDTH: Final = 8
_HEIGHT: Final = 10


def dashboards(title: str, cluster: str, namespace: str, services: Sequence[str]) -> Iterator[str]:
    """JSON of each dashboard.

    Args:
        title: Its title, to which a number is added from the second on.
        cluster: Name of the cluster.
        namespace: Namespace of the services.
        services: Names, in the order of the rows.
    """
    for first in range(0, len(services), ROWS):
        number = first // ROWS + 1
        tiles = [
            # The API leaves out what is zero: written here, it would differ in every preview after a refresh.
            {"width": _WIDTH, "height": _HEIGHT, "widget": widget}
            | ({"xPos": x * _WIDTH} if x else {})
            | ({"yPos": y * _HEIGHT} if y else {})
            for y, service in enumerate(services[first : first + ROWS])
            for x, widget in enumerate(_row(cluster, namespace, service))
        ]
        layout = {
            "displayName": title if number == 1 else f"{title} ({number})",
            "mosaicLayout": {"columns": _COLUMNS, "tiles": tiles},
        }
        yield json.dumps(layout, sort_keys=True)


def _row(cluster: str, namespace: str, service: str) -> Iterator[dict[str, Any]]:
    def of_container(metric: str, more: str = "") -> str:
        return telemetry.containers(metric, cluster, namespace, f',container_name="{service}"{more}')

    requests = telemetry.served(telemetry.REQUESTS, namespace, service)
    buckets = telemetry.served(telemetry.LATENCIES, namespace, service, "_bucket")
    used = of_container("container/memory/used_bytes", ',memory_type="non-evictable"')
    by_class = f"sum by (response_code_class) (rate({requests}[5m]))"
    failed = telemetry.served(telemetry.REQUESTS, namespace, service).replace("}", ',response_code_class="500"}')

    yield _chart(f"{service}: requests", "1/s", {"": by_class}, "STACKED_AREA")
    yield _chart(
        f"{service}: share of server errors",
        "1",
        {"errors": f"sum(rate({failed}[5m])) / sum(rate({requests}[5m]))"},
    )
    yield _chart(
        f"{service}: time to answer",
        "ms",
        {
            f"{share:.0%} within": f"histogram_quantile({share}, sum by (le) (rate({buckets}[5m])))"
            for share in (0.5, 0.95, 0.99)
        },
    )
    yield _chart(
        f"{service}: cpu of what was requested",
        "1",
        {
            "cpu": f"sum(rate({of_container('container/cpu/core_usage_time')}[5m])) / "
            f"sum({of_container('container/cpu/request_cores')})"
        },
    )
    yield _chart(
        f"{service}: memory of what was requested",
        "1",
        {"memory": f"sum({used}) / sum({of_container('container/memory/request_bytes')})"},
    )
    yield _chart(
        f"{service}: restarts",
        "1",
        {
            "": f"sum by (pod_name) (increase({of_container('container/restart_count')}[10m]))",
        },
        "STACKED_BAR",
    )


def _chart(title: str, unit: str, queries: dict[str, str], plot: str = "LINE") -> dict[str, Any]:
    """A chart of queries by legend; a query of many lines has none, they are told apart by their labels."""
    return {
        "title": title,
        "xyChart": {
            "dataSets": [
                {
                    "plotType": plot,
                    "targetAxis": "Y1",
                    "timeSeriesQuery": {"prometheusQuery": query, "unitOverride": unit},
                }
                | ({"legendTemplate": legend} if legend else {})
                for legend, query in queries.items()
            ],
            "yAxis": {"scale": "LINEAR"},
        },
    }
