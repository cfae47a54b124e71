"""Where Google's own metrics of the shop are found: names, labels and filters, said once for objectives and charts.

Two languages ask for the same series. Objectives and uptime alerts take filters of Cloud Monitoring; charts and all
other alerts take PromQL, in which `kubernetes.io/container/restart_count` is `kubernetes_io:container_restart_count`.

Source: cloud.google.com/monitoring/api/metrics_gcp, cloud.google.com/monitoring/promql/promql-mapping.
"""

from typing import Final

from infra.components.microservice import SERVICE_PORT

REQUESTS: Final = "loadbalancing.googleapis.com/https/request_count"
LATENCIES: Final = "loadbalancing.googleapis.com/https/total_latencies"
"""From the first byte in to the last byte out, in milliseconds."""
SERVER_ERROR: Final = 'metric.label."response_code_class"="500"'
"""The class is a number there: 200, 300, 400 or 500. What Cloud Armor refuses is of class 400."""
_LOAD_BALANCER: Final = "https_lb_rule"
_LONGEST: Final = 36
"""Characters of namespace, service and port that fit the name of a backend; GKE cuts longer ones evenly."""


def backend(namespace: str, service: str) -> str:
    """Regular expression (RE2) of the name that GKE gives the backend of a service.

    It is `gkegw1-<4 of its own>-<namespace>-<service>-<port>-<12 of its own>`, at most 63 characters.
    """
    length = len(namespace) + len(service) + len(str(SERVICE_PORT))
    if length <= _LONGEST:
        return f"gkegw1-[a-z0-9]+-{namespace}-{service}-{SERVICE_PORT}-[a-z0-9]+"
    # What surely survives the cut; services that begin alike are then counted together.
    first, second = (part[: len(part) * _LONGEST // length - 1] for part in (namespace, service))
    return f"gkegw1-[a-z0-9]+-{first}[a-z0-9-]*-{second}[a-z0-9-]*"


def requests(metric: str, namespace: str, service: str, *more: str) -> str:
    """Filter of Cloud Monitoring for a metric of the load balancer, of one service."""
    return " AND ".join(
        (
            f'metric.type="{metric}"',
            f'resource.type="{_LOAD_BALANCER}"',
            f'resource.label."backend_target_name"=monitoring.regex.full_match("{backend(namespace, service)}")',
            *more,
        )
    )


def prom(metric: str) -> str:
    """Name of a metric in PromQL, e.g. "kubernetes.io/container/restart_count" -> the one above."""
    domain, _, path = metric.partition("/")
    return f"{_word(domain)}:{_word(path)}"


def served(metric: str, namespace: str, service: str, suffix: str = "") -> str:
    """PromQL selector of a metric of the load balancer, of one service; `suffix` is one of a distribution's series."""
    labels = f'monitored_resource="{_LOAD_BALANCER}",backend_target_name=~"{backend(namespace, service)}"'
    return f"{prom(metric)}{suffix}{{{labels}}}"


def containers(metric: str, cluster: str, namespaces: str, more: str = "", resource: str = "k8s_container") -> str:
    """PromQL selector of a metric of GKE, e.g. `more` = `,container_name="orders"`; `namespaces` is an expression."""
    labels = f'monitored_resource="{resource}",cluster_name="{cluster}",namespace_name=~"{namespaces}"{more}'
    return f"{prom('kubernetes.io/' + metric)}{{{labels}}}"


def _word(text: str) -> str:
    return "".join(char if char.isalnum() else "_" for char in text)
