"""What logs, metrics, checks, builds, keys, secrets and messages use."""

from collections.abc import Iterator, Mapping
from typing import Final

from policies.capture import Resource
from policies.cost.amounts import Amount, total
from policies.cost.uses import Pricing, Use, number, spread
from policies.cost.view import CLUSTER, View

SUBNETWORK: Final = "gcp:compute/subnetwork:Subnetwork"
FIREWALL: Final = "gcp:compute/firewall:Firewall"
DNS_POLICY: Final = "gcp:dns/policy:Policy"
AUDIT: Final = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
_FREE_DAYS: Final = 30
"""Days that logs are kept at no further price. Source: cloud.google.com/stackdriver/pricing."""
_MONTH_DAYS: Final = 365 / 12
_YEAR_DAYS: Final = 365
_CHECKERS: Final[Mapping[str, int]] = {"USA": 3}
"""Places that check from a region; one where it is not here. Source: cloud.google.com/monitoring/uptime-checks."""
_ALL_CHECKERS: Final = 6
_BUILDERS: Final[Mapping[str | None, str]] = {
    None: "build-standard",
    "E2_MEDIUM": "build-medium",
    "E2_HIGHCPU_8": "build-highcpu-8",
    "E2_HIGHCPU_32": "build-highcpu-32",
}


def container_logs(resource: Resource, view: View) -> Iterator[Use]:
    """What containers and the system write, as far as the cluster collects it."""
    if resource.get("loggingConfig.enableComponents", ["SYSTEM_COMPONENTS", "WORKLOADS"]):
        yield _logs("logs", view.usage["logsGb"], "of containers, the system and the load balancer")


def flow_logs(resource: Resource, view: View) -> Iterator[Use]:
    """Flow logs, by the share of flows that is sampled."""
    if resource.has("logConfig"):
        share, all_of_them = float(resource.get("logConfig.flowSampling", 0.5)), view.usage["flowLogsGb"]
        yield _logs("network-logs", all_of_them * share, f"({number(all_of_them)} GiB x {number(share)} sampled)")


def firewall_logs(resource: Resource, view: View) -> Iterator[Use]:
    """What a rule that logs writes."""
    if resource.get("logConfig"):
        yield _logs("network-logs", view.usage["firewallLogsGb"], "of what the rule refuses")


def dns_logs(resource: Resource, view: View) -> Iterator[Use]:
    """Names that are asked for, where that is logged."""
    if resource.get("enableLogging"):
        yield _logs("logs", view.usage["dnsLogsGb"], "of names that are asked for")


def audit_logs(resource: Resource, view: View) -> Iterator[Use]:
    """Who read and wrote data; who changed settings is logged anyway, free."""
    if any(each.get("logType") in {"DATA_READ", "DATA_WRITE"} for each in resource.get("auditLogConfigs") or []):
        yield _logs("logs", view.usage["auditLogsGb"], "of access to data")


def _logs(sku: str, amount: float, what: str) -> Use:
    return Use(sku=sku, quantity=Amount.of(amount), formula=f"{number(amount)} GiB {what}")


LOGGED: Final[Mapping[str, Pricing]] = {
    CLUSTER: container_logs,
    SUBNETWORK: flow_logs,
    FIREWALL: firewall_logs,
    DNS_POLICY: dns_logs,
    AUDIT: audit_logs,
}


def retention(resource: Resource, view: View) -> Iterator[Use]:
    """Logs that are kept longer than is free."""
    days = float(resource.get("retentionDays", _FREE_DAYS))
    if days > _FREE_DAYS:
        written = total([
            use.quantity for each in view.capture.of(*LOGGED) for use in LOGGED[each.type](each, view)
        ])  # fmt: skip
        months = (days - _FREE_DAYS) / _MONTH_DAYS
        formula = f"{spread(written)} GiB a month x {number(months)} months beyond {_FREE_DAYS} days"
        yield Use(sku="log-retention", quantity=written * months, formula=formula)


def prometheus(resource: Resource, view: View) -> Iterator[Use]:
    """Samples of the pods that are asked for their metrics."""
    if view.cluster is None or not view.cluster.get("monitoringConfig.managedPrometheus.enabled", view.autopilot):
        return
    pods = total([each.pods for each in view.workloads if _selected(resource, each.namespace, each.labels)])
    series, seconds = view.usage["seriesPerPod"], view.usage["hours"] * 3600
    for index in range(len(resource.get("spec.endpoints") or [])):
        interval = _seconds(resource.get(f"spec.endpoints[{index}].interval", "60s"))
        yield Use(
            sku="prometheus",
            quantity=pods * (series * seconds / interval / 1e6),
            formula=f"{spread(pods)} pods x {number(series)} series, every {number(interval)} s",
        )


def _selected(resource: Resource, namespace: str, labels: Mapping[str, str]) -> bool:
    if resource.get("metadata.namespace") != namespace:
        return False
    wanted = resource.get("spec.selector.matchLabels") or {}
    among = [each for each in resource.get("spec.selector.matchExpressions") or [] if each.get("operator") == "In"]
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        labels.get(each["key"]) in each["values"] for each in among
    )


def uptime(resource: Resource, view: View) -> Iterator[Use]:
    """Executions of a check, from each place it is made from."""
    regions = resource.get("selectedRegions")
    places = sum(_CHECKERS.get(each, 1) for each in regions) if regions else _ALL_CHECKERS
    period = _seconds(resource.get("period", "60s"))
    executions = view.usage["hours"] * 3600 / period * places / 1000
    formula = f"{places} places, every {number(period)} s"
    yield Use(sku="uptime-checks", quantity=Amount.of(executions), formula=formula)


def builds(resource: Resource, view: View) -> Iterator[Use]:
    """Minutes of the builds that a trigger starts."""
    if resource.get("disabled"):
        return
    machine = resource.get("build.options.machineType")
    count, minutes = view.usage["builds"], view.usage["buildMinutes"]
    yield Use(
        sku=_BUILDERS.get(machine, f"build:{machine}"),
        quantity=Amount.of(count * minutes),
        formula=f"{number(count)} builds x {number(minutes)} minutes",
    )


def key(resource: Resource, view: View) -> Iterator[Use]:
    """Versions of a key: one, and one more with each rotation, at first, expected and after a year; its use."""
    level = resource.get("versionTemplate.protectionLevel", "SOFTWARE")
    plain = resource.get("purpose", "ENCRYPT_DECRYPT") == "ENCRYPT_DECRYPT"
    versions = Amount.of(1.0)
    if (rotation := resource.get("rotationPeriod")) is not None:
        days = _seconds(rotation) / 86400
        versions = Amount(1.0, 1.0 + view.usage["keyAgeDays"] // days, 1.0 + _YEAR_DAYS // days)
    yield Use(
        sku=f"kms-{level.lower()}" if plain else f"kms-{level.lower()}:{resource.get('purpose')}",
        quantity=versions,
        formula=f"{spread(versions)} versions",
    )
    used = view.usage["kmsOperations"] / 10000
    yield Use(sku="kms-operations", quantity=Amount.of(used), formula=f"{number(used * 10000)} operations")


def secret(_: Resource, view: View) -> Iterator[Use]:
    """A version of a secret, and who reads it."""
    reads = view.usage["secretReads"] / 10000
    yield Use(sku="secret-version", quantity=Amount.of(1.0), formula="1 version")
    yield Use(sku="secret-access", quantity=Amount.of(reads), formula=f"{number(reads * 10000)} reads")


def messages(_: Resource, view: View) -> Iterator[Use]:
    """What a topic takes."""
    data = view.usage["pubsubGb"]
    yield Use(sku="pubsub", quantity=Amount.of(data), formula=f"{number(data)} GiB")


def _seconds(text: str) -> float:
    """Seconds of a duration as Google and Prometheus write it, e.g. "60s" or "1m"."""
    units = {"s": 1, "m": 60, "h": 3600}
    return float(text[:-1]) * units[text[-1]]
