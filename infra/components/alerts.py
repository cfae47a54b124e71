"""Alerts that are not of an objective: what somebody has to look at before a customer notices, one table.

Nearly all are PromQL with the check of the metric's existence turned off: in a new project GKE's metrics and those of
logs appear only with their first data, and the API would refuse the alert. Metrics of uptime checks are always there.

Each links to its section of docs/runbooks/gcp.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from infra.components import telemetry

if TYPE_CHECKING:
    from pulumi_gcp.monitoring import AlertPolicyConditionArgsDict

ERRORS: Final = "shop/errors"
"""Metric of logs: lines of a service with severity ERROR or worse."""
REFUSED: Final = "shop/refused"
"""Metric of logs: requests the edge or a service refused (401, 403, 429), by status."""
_MANY_ERRORS: Final = 20
_MANY_REFUSALS: Final = 1000
_RESTARTS: Final = 3
_FULL: Final = 0.85
_QUOTA: Final = 0.8
_EXPIRES_DAYS: Final = 14
"""Google renews a certificate 30 days before its end."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that somebody is told."""

    name: str
    """Role in its logical name, e.g. "restarts"."""
    text: str
    """What happened, as the title of the message."""
    help: str
    """What it means and the first thing to look at."""
    section: str
    """Anchor of its section of the runbook."""
    severity: str
    conditions: "Sequence[AlertPolicyConditionArgsDict]"
    """All of them have to hold."""
    of_logs: bool = False
    """Whether a line of a log raises it; such an alert has to say how often it may be told."""


def alerts(cluster: str, namespaces: str, domain: str) -> Iterator[Alert]:
    """All of them.

    Args:
        cluster: Name of the cluster.
        namespaces: Regular expression of the namespaces of the stack.
        domain: Domain of the shop.
    """
    yield Alert(
        "uptime",
        f"{domain} does not answer",
        "A check from outside fails in more than one place of the world.",
        "the-shop-does-not-answer",
        "CRITICAL",
        [_unanswered(domain)],
    )
    yield Alert(
        "certificate",
        f"The certificate of {domain} ends in less than {_EXPIRES_DAYS} days",
        "Google could not renew it, most often because the record that authorizes it is gone.",
        "the-certificate-ends-soon",
        "ERROR",
        [_expiring(domain)],
    )
    restarts = telemetry.containers("container/restart_count", cluster, namespaces)
    yield Alert(
        "restarts",
        "A container restarts again and again",
        "Its last lines before the end say why: a setting, the memory limit, or a probe.",
        "a-container-restarts",
        "ERROR",
        _prom(
            "ContainerRestarts",
            f"sum by (namespace_name, pod_name, container_name) (increase({restarts}[15m])) > {_RESTARTS}",
        ),
    )
    volumes = telemetry.containers("pod/volume/utilization", cluster, namespaces, resource="k8s_pod")
    yield Alert(
        "volumes",
        "A volume is nearly full",
        "A database that cannot write stops; a volume can be made larger, never smaller.",
        "a-volume-is-nearly-full",
        "ERROR",
        _prom("VolumeFull", f"max by (namespace_name, pod_name, volume_name) ({volumes}) > {_FULL}", "600s"),
    )
    of_nodes = f'monitored_resource="k8s_node",cluster_name="{cluster}"'
    cpu = f"{telemetry.prom('kubernetes.io/node/cpu/allocatable_utilization')}{{{of_nodes}}}"
    memory = (
        f"{telemetry.prom('kubernetes.io/node/memory/allocatable_utilization')}"
        f'{{{of_nodes},memory_type="non-evictable"}}'
    )
    yield Alert(
        "nodes",
        "A node has no room left",
        "Pods get slow or are evicted. The pool is at its maximum, or its requests are too small.",
        "a-node-has-no-room-left",
        "WARNING",
        _prom("NodeFull", f"max by (node_name) ({cpu} or {memory}) > 0.9", "900s"),
    )
    quota = 'monitored_resource="consumer_quota"'
    used = f"{telemetry.prom('serviceruntime.googleapis.com/quota/allocation/usage')}{{{quota}}}"
    limit = f"{telemetry.prom('serviceruntime.googleapis.com/quota/limit')}{{{quota}}}"
    by = "by (service, location, quota_metric)"
    yield Alert(
        "quota",
        "A quota of the project is nearly used up",
        "Scaling stops when it is. A higher one takes Google days to grant.",
        "a-quota-is-nearly-used-up",
        "WARNING",
        # Usage is told once a day, and a limit below zero is none.
        _prom(
            "QuotaNearlyUsed",
            f"max {by} (max_over_time({used}[1d])) / min {by} (last_over_time({limit}[1d]) > 0) > {_QUOTA}",
        ),
    )
    errors = f'{telemetry.prom("logging.googleapis.com/user/" + ERRORS)}{{monitored_resource="k8s_container"}}'
    yield Alert(
        "errors",
        "A service logs errors",
        "Not every error is a request that failed; those the objectives count.",
        "a-service-logs-errors",
        "WARNING",
        _prom("ServiceErrors", f"sum by (container_name) (increase({errors}[10m])) > {_MANY_ERRORS}"),
    )
    refused = f'{telemetry.prom("logging.googleapis.com/user/" + REFUSED)}{{monitored_resource="http_load_balancer"}}'
    yield Alert(
        "refused",
        "Many requests are refused",
        "401: somebody tries passwords or old tokens. 403: Cloud Armor met an attack, or a person by mistake. "
        "429: a client asks too often.",
        "requests-are-refused",
        "WARNING",
        _prom("RequestsRefused", f"sum by (status) (increase({refused}[10m])) > {_MANY_REFUSALS}"),
    )
    yield Alert(
        "builds",
        "A build failed",
        "What was pushed is not deployed. Its log names the step.",
        "a-build-failed",
        "WARNING",
        [
            {
                "display_name": "The log of a build ends with an error",
                "condition_matched_log": {
                    "filter": 'resource.type="build" AND log_id("cloudbuild") AND '
                    'textPayload=~"^(ERROR: (build step|context deadline exceeded)|TIMEOUT)"',
                    "label_extractors": {"trigger": "EXTRACT(resource.labels.build_trigger_id)"},
                },
            }
        ],
        of_logs=True,
    )


def _prom(rule: str, query: str, duration: str = "0s") -> "list[AlertPolicyConditionArgsDict]":
    return [
        {
            "display_name": rule,
            "condition_prometheus_query_language": {
                "query": query,
                "duration": duration,
                "evaluation_interval": "60s",
                "alert_rule": rule,
                "rule_group": "shop",
                "disable_metric_validation": True,
            },
        }
    ]


def _unanswered(domain: str) -> "AlertPolicyConditionArgsDict":
    return {
        "display_name": "Checks fail from more than one place",
        "condition_threshold": {
            "filter": _of_checks("check_passed", domain),
            "comparison": "COMPARISON_GT",
            "threshold_value": 1,
            "duration": "60s",
            "aggregations": [
                {
                    # Longer than two periods of the checks, so that one late answer is no failure.
                    "alignment_period": "1200s",
                    "per_series_aligner": "ALIGN_NEXT_OLDER",
                    "cross_series_reducer": "REDUCE_COUNT_FALSE",
                    "group_by_fields": ["metric.label.check_id"],
                }
            ],
            "trigger": {"count": 1},
        },
    }


def _expiring(domain: str) -> "AlertPolicyConditionArgsDict":
    return {
        "display_name": "Days that the certificate is valid",
        "condition_threshold": {
            "filter": _of_checks("time_until_ssl_cert_expires", domain),
            "comparison": "COMPARISON_LT",
            "threshold_value": _EXPIRES_DAYS,
            "duration": "600s",
            "aggregations": [
                {
                    "alignment_period": "1200s",
                    "per_series_aligner": "ALIGN_NEXT_OLDER",
                    "cross_series_reducer": "REDUCE_MEAN",
                    "group_by_fields": ["resource.label.host"],
                }
            ],
            "trigger": {"count": 1},
        },
    }


def _of_checks(metric: str, domain: str) -> str:
    return (
        f'metric.type="monitoring.googleapis.com/uptime_check/{metric}" AND resource.type="uptime_url" AND '
        f'resource.label."host"="{domain}"'
    )
