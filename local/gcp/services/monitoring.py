"""Cloud Monitoring: dashboards, uptime checks, alerts and where they go, services and their objectives.

Nothing is measured here: a filter is checked for what it must have and for the metrics of this project's own log
entries that it names, not for whether Google has such a metric.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from local.gcp.kinds import Cloud, Kind, Properties, Reference, Refused, Resource, look
from local.gcp.rules import (
    DELETION_POLICY,
    DURATION,
    EMAIL,
    NOTIFICATION_CHANNEL,
    between,
    given,
    known,
    labels,
    lasting,
    seconds,
    settled,
    values,
    words,
)
from local.gcp.services.cloudlogging import METRIC

_API: Final = "monitoring.googleapis.com"
_DOCS: Final = "cloud.google.com/monitoring/api/ref_v3/rest/v3/"
_ALERT: Final = "gcp:monitoring/alertPolicy:AlertPolicy"
_CHECK: Final = "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig"
_SLO: Final = "gcp:monitoring/slo:Slo"
_SERVICES: Final = (
    "gcp:monitoring/customService:CustomService",
    "gcp:monitoring/genericService:GenericService",
)
_MINUTE: Final = 60
_NAME: Final = re.compile(r"[a-zA-Z0-9\-_:.]{1,63}")

# Dashboards

_LAYOUTS: Final = ("columnLayout", "gridLayout", "mosaicLayout", "rowLayout")
_WIDGETS: Final = words(
    "alertChart analysisWidget blank collapsibleGroup errorReportingPanel incidentList logsPanel pieChart scorecard "
    "sectionHeader singleViewGroup text timeSeriesTable treemap xyChart visibilityCondition"
)
_COLUMNS: Final = 48


def _dashboard(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards."""
    text = known(properties, "dashboardJson")
    if text is None:
        return
    try:
        board = json.loads(str(text))
    except json.JSONDecodeError as error:
        yield f"dashboardJson is no JSON: {error}."
        return
    if not isinstance(board, Mapping) or not board.get("displayName"):
        yield "dashboardJson has no displayName; it is required."
        return
    layouts = [name for name in _LAYOUTS if name in board]
    if len(layouts) != 1:
        yield f"dashboardJson has {', '.join(layouts) or 'no layout'}; one of {', '.join(_LAYOUTS)} is required."
    for widget in _widgets(board):
        kinds = set(widget) - {"title", "id", "visibilityCondition"}
        if len(kinds) != 1 or not kinds <= _WIDGETS:
            named = ", ".join(sorted(kinds)) or "nothing"
            yield f"The widget {widget.get('title')!r} has {named}; one kind of content is required."
    yield from _tiles(board.get("mosaicLayout"))


def _widgets(board: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(board, Mapping):
        for name, value in board.items():
            if name == "widget" and isinstance(value, Mapping):
                yield value
            elif name == "widgets" and isinstance(value, list):
                yield from value
            yield from _widgets(value)
    elif isinstance(board, list):
        for one in board:
            yield from _widgets(one)


def _tiles(mosaic: Any) -> Iterator[str]:
    if not isinstance(mosaic, Mapping):
        return
    columns = mosaic.get("columns", 0)
    if columns not in range(1, _COLUMNS + 1):
        yield f"mosaicLayout.columns is {columns}; a number from 1 to {_COLUMNS} is required."
    taken: dict[tuple[int, int], int] = {}
    for number, tile in enumerate(mosaic.get("tiles", [])):
        x, y, width, height = (int(tile.get(name, 0)) for name in ("xPos", "yPos", "width", "height"))
        if not width or not height or x + width > columns:
            yield f"mosaicLayout.tiles[{number}] is {width} by {height} at {x}, which is not within {columns} columns."
        for at in ((left, top) for left in range(x, x + width) for top in range(y, y + height)):
            if at in taken:
                yield f"mosaicLayout.tiles[{number}] overlaps tiles[{taken[at]}]."
                break
            taken[at] = number


# Uptime checks

_PLACES: Final = {"USA": 3, "EUROPE": 1, "SOUTH_AMERICA": 1, "ASIA_PACIFIC": 1}
_CHECKED_FROM: Final = 3
_RESOURCES: Final = {
    "uptime_url": {"host", "project_id"},
    "cloud_run_revision": {"configuration_name", "location", "project_id", "revision_name", "service_name"},
    "gce_instance": {"instance_id", "project_id", "zone"},
    "k8s_service": {"cluster_name", "location", "namespace_name", "project_id", "service_name"},
}
"""Labels of what can be checked. Source: cloud.google.com/monitoring/api/resources."""


def _check(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.uptimeCheckConfigs."""
    regions = known(properties, "selectedRegions")
    if regions and sum(_PLACES.get(one, 1) for one in regions) < _CHECKED_FROM:
        yield f"selectedRegions is {', '.join(regions)}; at least {_CHECKED_FROM} locations are required."
    timeout, period = known(properties, "timeout"), known(properties, "period") or "300s"
    if timeout is not None and seconds(str(timeout)) > seconds(str(period)):
        yield f"timeout is {timeout}; not longer than period ({period}) is allowed."
    type_ = known(properties, "monitoredResource.type")
    told = look(properties, "monitoredResource.labels") or {}
    needed = _RESOURCES.get(str(type_), set()) - {"project_id"}
    missing = needed - set(told if isinstance(told, Mapping) else needed)
    if missing:
        yield f"monitoredResource.labels of {type_} lacks {', '.join(sorted(missing))}."
    host = known(properties, "monitoredResource.labels.host")
    if isinstance(host, str) and ("/" in host or ":" in host):
        yield f"monitoredResource.labels.host is {host!r}; a host name without scheme, port and path is required."
    if len(known(properties, "contentMatchers") or []) > 1:
        yield "contentMatchers has more than one; one is allowed."
    if known(properties, "httpCheck.validateSsl") and not known(properties, "httpCheck.useSsl"):
        yield "httpCheck.validateSsl needs httpCheck.useSsl."
    if known(properties, "httpCheck.body") and known(properties, "httpCheck.requestMethod") != "POST":
        yield "httpCheck.body needs requestMethod POST."


def _watched(check: Resource, cloud: Cloud) -> Iterator[str]:
    for policy in cloud.all(_ALERT, check.project):
        if check.id.rpartition("/")[2] in json.dumps(policy.inputs.get("conditions")):
            yield (
                f"Cannot delete uptime check config {check.id}. One or more alerting policies is using it: "
                f"{policy.get('displayName')}. Delete that first."
            )


# Alerts

_CONDITIONS: Final = (
    "conditionAbsent",
    "conditionMatchedLog",
    "conditionMonitoringQueryLanguage",
    "conditionPrometheusQueryLanguage",
    "conditionSql",
    "conditionThreshold",
)
_MOST_CONDITIONS: Final = 6
_DOCUMENTATION: Final = 10240
_REDUCERS: Final = words(
    "REDUCE_NONE REDUCE_MEAN REDUCE_MIN REDUCE_MAX REDUCE_SUM REDUCE_STDDEV REDUCE_COUNT REDUCE_COUNT_TRUE "
    "REDUCE_COUNT_FALSE REDUCE_FRACTION_TRUE REDUCE_PERCENTILE_99 REDUCE_PERCENTILE_95 REDUCE_PERCENTILE_50 "
    "REDUCE_PERCENTILE_05"
)
_ALIGNERS: Final = words(
    "ALIGN_NONE ALIGN_DELTA ALIGN_RATE ALIGN_INTERPOLATE ALIGN_NEXT_OLDER ALIGN_MIN ALIGN_MAX ALIGN_MEAN ALIGN_COUNT "
    "ALIGN_SUM ALIGN_STDDEV ALIGN_COUNT_TRUE ALIGN_COUNT_FALSE ALIGN_FRACTION_TRUE ALIGN_PERCENTILE_99 "
    "ALIGN_PERCENTILE_95 ALIGN_PERCENTILE_50 ALIGN_PERCENTILE_05 ALIGN_PERCENT_CHANGE"
)
_COMPARISONS: Final = words("COMPARISON_GT COMPARISON_GE COMPARISON_LT COMPARISON_LE COMPARISON_EQ COMPARISON_NE")
_SELECTED_SLO: Final = re.compile(r"select_slo_\w+\(\s*\"?([^\",)\s]+)")
_OWN_METRIC: Final = re.compile(r"logging\.googleapis\.com/user/([A-Za-z0-9_.\-/]+)")


def _policy(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies."""
    conditions = look(properties, "conditions")
    if isinstance(conditions, list) and not 1 <= len(conditions) <= _MOST_CONDITIONS:
        yield f"conditions has {len(conditions)}; from 1 to {_MOST_CONDITIONS} are required."
    for where, one in values(properties, "conditions.*"):
        kinds = [name for name in _CONDITIONS if one.get(name) is not None]
        if len(kinds) != 1:
            yield f"{where}: exactly one of {', '.join(_CONDITIONS)} is required."
            continue
        condition = one[kinds[0]]
        if kinds[0] == "conditionMatchedLog" and not given(properties, "alertStrategy.notificationRateLimit"):
            yield f"{where}: conditionMatchedLog needs alertStrategy.notificationRateLimit."
        if isinstance(condition, Mapping):
            yield from _condition(f"{where}.{kinds[0]}", kinds[0], condition)
    text = known(properties, "documentation.content")
    if isinstance(text, str) and len(text.encode()) > _DOCUMENTATION:
        yield f"documentation.content has {len(text.encode())} bytes; at most {_DOCUMENTATION} are allowed."


def _condition(where: str, kind: str, condition: Mapping[str, Any]) -> Iterator[str]:
    duration = condition.get("duration")
    if isinstance(duration, str) and (not DURATION.fullmatch(duration) or seconds(duration) % _MINUTE):
        yield f"{where}.duration is {duration!r}; whole minutes, such as 300s, are required."
    for name in ("aggregations", "denominatorAggregations"):
        for number, one in enumerate(condition.get(name) or []):
            period = one.get("alignmentPeriod") if isinstance(one, Mapping) else None
            if isinstance(period, str) and seconds(period) < _MINUTE:
                yield f"{where}.{name}[{number}].alignmentPeriod is {period!r}; at least 60s is required."
    filter_ = condition.get("filter")
    if kind in ("conditionThreshold", "conditionAbsent") and isinstance(filter_, str):
        if "select_slo_" in filter_:
            return
        for needed in ("metric.type", "resource.type"):
            if not re.search(rf"{needed.replace('.', '[.]')}\s*=|{needed.partition('.')[0]}\.type\s*=", filter_):
                yield (
                    f"Field {where}.filter had an invalid value of {filter_!r}: must specify a restriction on "
                    f'"{needed}" in the filter.'
                )


def _named(policy: Resource, cloud: Cloud) -> Iterator[Refused]:
    """What filters name of this project: objectives, uptime checks, metrics of log entries."""
    for path in ("conditionThreshold", "conditionAbsent"):
        for where, text in values(policy.inputs, f"conditions.*.{path}.filter"):
            for name in _SELECTED_SLO.findall(str(text)):
                if cloud.find((_SLO,), name, policy) is None:
                    yield Refused(404, f"{where}: the objective {name} was not found.")
            for name in _OWN_METRIC.findall(str(text)):
                if cloud.find((METRIC,), name, policy) is None:
                    yield Refused(
                        404,
                        f'{where}: Cannot find metric that matches type = "logging.googleapis.com/user/{name}". If a '
                        "metric was created recently, it could take up to 10 minutes to become available. Create it "
                        "with gcp.logging.Metric.",
                    )


# Notification channels

_CHANNELS: Final = {
    "campfire": {"account", "auth_token", "room"},
    "email": {"email_address"},
    "google_chat": {"space"},
    "pagerduty": set(),
    "pubsub": {"topic"},
    "slack": {"channel_name"},
    "sms": {"number"},
    "webhook_basicauth": {"url", "username"},
    "webhook_tokenauth": {"url"},
}
"""Labels that each type needs. Source: cloud.google.com/monitoring/alerts/using-channels-api."""


def _channel(properties: Properties) -> Iterator[str]:
    type_, told = known(properties, "type"), look(properties, "labels") or {}
    missing = _CHANNELS.get(str(type_), set()) - set(told if isinstance(told, Mapping) else _CHANNELS[str(type_)])
    if missing:
        yield f"a channel of type {type_} needs labels: {', '.join(sorted(missing))}."
    address = known(properties, "labels.email_address")
    if type_ == "email" and isinstance(address, str) and not EMAIL.fullmatch(address):
        yield f"labels.email_address is {address!r}; an e-mail address is required."


def _in_use(channel: Resource, cloud: Cloud) -> Iterator[str]:
    for policy in cloud.all(_ALERT, channel.project):
        if channel.id in (policy.get("notificationChannels") or []) and not channel.get("forceDelete"):
            yield (
                f"Cannot delete notification channel {channel.id}: it is used by the policy "
                f"{policy.get('displayName')}. Set forceDelete, or delete that first."
            )


# Objectives


def _ratio(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/monitoring/api/ref_v3/rest/v3/services.serviceLevelObjectives."""
    filters = ("badServiceFilter", "goodServiceFilter", "totalServiceFilter")
    for path in (
        "requestBasedSli.goodTotalRatio",
        "windowsBasedSli.goodTotalRatioThreshold.performance.goodTotalRatio",
    ):
        ratio = known(properties, path)
        if isinstance(ratio, Mapping) and sum(ratio.get(name) is not None for name in filters) != 2:  # noqa: PLR2004
            yield f"{path}: exactly two of {', '.join(filters)} are required."
    window = known(properties, "windowsBasedSli.windowPeriod")
    if isinstance(window, str) and (seconds(window) % _MINUTE or not _MINUTE <= seconds(window) <= 86400):  # noqa: PLR2004
        yield f"windowsBasedSli.windowPeriod is {window!r}; whole minutes, up to a day, are required."


_RANGE: Final = ("max", "min")
_SERVICE_TYPES: Final = {
    "GKE_NAMESPACE": {"cluster_name", "location", "namespace_name", "project_id"},
    "GKE_SERVICE": {"cluster_name", "location", "namespace_name", "project_id", "service_name"},
    "GKE_WORKLOAD": {
        "cluster_name",
        "location",
        "namespace_name",
        "project_id",
        "top_level_controller_name",
        "top_level_controller_type",
    },
    "CLOUD_RUN": {"location", "service_name"},
}
"""Labels that a service of a type needs. Source: the services resource, `BasicService`."""


def _service_labels(properties: Properties) -> Iterator[str]:
    type_ = known(properties, "basicService.serviceType")
    missing = _SERVICE_TYPES.get(str(type_), set()) - set(known(properties, "basicService.serviceLabels") or {})
    if missing and type_ is not None:
        yield f"basicService.serviceLabels of {type_} lacks {', '.join(sorted(missing))}."


def _full_name(resource: Resource, _cloud: Cloud) -> Properties:
    return {"name": resource.id}


def _conditions_named(resource: Resource, _cloud: Cloud) -> Properties:
    named = [
        {"name": f"{resource.id}/conditions/{resource.number(18, str(number))}"}
        for number, _ in enumerate(resource.get("conditions") or [])
    ]
    return {"name": resource.id, "conditions": named, "creationRecords": []}


KINDS: Final = (
    Kind(
        token="gcp:monitoring/dashboard:Dashboard",
        id="projects/{#number}/dashboards/{#uuid}",
        api=_API,
        source="cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards",
        names=(),
        immutable=frozenset({"project"}),
        values={"deletionPolicy": DELETION_POLICY},
        validations=settled(_dashboard),
    ),
    Kind(
        token=_CHECK,
        id="projects/{project}/uptimeCheckConfigs/{#19}",
        api=_API,
        source=_DOCS + "projects.uptimeCheckConfigs",
        names=("name", "uptimeCheckId"),
        immutable=frozenset(
            {
                "checkerType",
                "httpCheck.requestMethod",
                "monitoredResource",
                "project",
                "resourceGroup",
                "syntheticMonitor",
            }
        ),
        one_of=(
            ("httpCheck", "syntheticMonitor", "tcpCheck"),
            ("monitoredResource", "resourceGroup", "syntheticMonitor"),
            ("httpCheck.authInfo.password", "httpCheck.authInfo.passwordWo"),
        ),
        values={
            "displayName": re.compile(r".{1,512}"),
            "checkerType": words("STATIC_IP_CHECKERS VPC_CHECKERS"),
            "period": words("60s 300s 600s 900s"),
            "selectedRegions.*": words("USA EUROPE SOUTH_AMERICA ASIA_PACIFIC USA_OREGON USA_IOWA USA_VIRGINIA"),
            "monitoredResource.type": frozenset(_RESOURCES) | words("aws_ec2_instance aws_elb_load_balancer"),
            "contentMatchers.*.content": re.compile(r"[\s\S]{1,1024}"),
            "contentMatchers.*.matcher": words(
                "CONTAINS_STRING NOT_CONTAINS_STRING MATCHES_REGEX NOT_MATCHES_REGEX MATCHES_JSON_PATH "
                "NOT_MATCHES_JSON_PATH"
            ),
            "contentMatchers.*.jsonPathMatcher.jsonMatcher": words("EXACT_MATCH REGEX_MATCH"),
            "httpCheck.serviceAgentAuthentication.type": words(
                "SERVICE_AGENT_AUTHENTICATION_TYPE_UNSPECIFIED OIDC_TOKEN"
            ),
            "resourceGroup.resourceType": words("RESOURCE_TYPE_UNSPECIFIED INSTANCE AWS_ELB_LOAD_BALANCER"),
            "httpCheck.requestMethod": words("METHOD_UNSPECIFIED GET POST"),
            "httpCheck.contentType": words("TYPE_UNSPECIFIED URL_ENCODED USER_PROVIDED"),
            "httpCheck.port": range(1, 65536),
            "httpCheck.path": re.compile(r"/?\S*"),
            "httpCheck.acceptedResponseStatusCodes.*.statusClass": words(
                "STATUS_CLASS_1XX STATUS_CLASS_2XX STATUS_CLASS_3XX STATUS_CLASS_4XX STATUS_CLASS_5XX STATUS_CLASS_ANY"
            ),
            "httpCheck.acceptedResponseStatusCodes.*.statusValue": range(100, 600),
            "tcpCheck.port": range(1, 65536),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(
            labels("userLabels"),
            lasting("timeout", timedelta(seconds=1), timedelta(seconds=60)),
            _check,
        ),
        defaults={"period": "300s"},
        deletion_rules=(_watched,),
        outputs=lambda resource, _: {"name": resource.id, "uptimeCheckId": resource.id.rpartition("/")[2]},
    ),
    Kind(
        token=_ALERT,
        id="projects/{project}/alertPolicies/{#19}",
        api=_API,
        source=_DOCS + "projects.alertPolicies",
        names=("name",),
        immutable=frozenset({"project"}),
        values={
            "displayName": re.compile(r".{1,512}"),
            "combiner": words("AND OR AND_WITH_MATCHING_RESOURCE"),
            "severity": words("CRITICAL ERROR WARNING"),
            "documentation.mimeType": words("text/markdown"),
            "documentation.subject": re.compile(r".{0,255}"),
            "conditions.*.conditionThreshold.comparison": _COMPARISONS,
            **{
                f"conditions.*.{kind}.*.{name}": allowed
                for kind in (
                    "conditionAbsent.aggregations",
                    "conditionThreshold.aggregations",
                    "conditionThreshold.denominatorAggregations",
                )
                for name, allowed in (("crossSeriesReducer", _REDUCERS), ("perSeriesAligner", _ALIGNERS))
            },
            **{
                f"conditions.*.{kind}.evaluationMissingData": words(
                    "EVALUATION_MISSING_DATA_INACTIVE EVALUATION_MISSING_DATA_ACTIVE EVALUATION_MISSING_DATA_NO_OP"
                )
                for kind in ("conditionMonitoringQueryLanguage", "conditionThreshold")
            },
            "conditions.*.conditionSql.rowCountTest.comparison": _COMPARISONS,
            "notificationChannels.*": re.compile(r"projects/[^/]+/notificationChannels/[^/]+"),
            "alertStrategy.notificationPrompts.*": words("NOTIFICATION_PROMPT_UNSPECIFIED OPENED CLOSED"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(
            labels("userLabels"),
            lasting("alertStrategy.autoClose", timedelta(minutes=30), timedelta(days=7)),
            lasting("alertStrategy.notificationRateLimit.period", timedelta(minutes=5), timedelta(days=2)),
            _policy,
        ),
        defaults={"enabled": True},
        computed=frozenset({"conditions.*.name"}),
        # Deleting a channel in use is the channel's own rule, as it has a switch for it.
        references=(Reference(path="notificationChannels.*", to=(NOTIFICATION_CHANNEL,), holds=False, status=404),),
        rules=(_named,),
        outputs=_conditions_named,
    ),
    Kind(
        token=NOTIFICATION_CHANNEL,
        id="projects/{project}/notificationChannels/{#19}",
        api=_API,
        source=_DOCS + "projects.notificationChannels",
        names=("name",),
        immutable=frozenset({"project"}),
        values={
            "type": frozenset(_CHANNELS),
            "displayName": re.compile(r".{0,512}"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(labels("userLabels"), _channel),
        defaults={"enabled": True, "forceDelete": False},
        deletion_rules=(_in_use,),
        outputs=lambda resource, _: {"name": resource.id, "verificationStatus": ""},
    ),
    Kind(
        token=_SERVICES[0],
        id="projects/{#number}/services/{serviceId}",
        api=_API,
        source=_DOCS + "services",
        names=("name", "serviceId"),
        immutable=frozenset({"project", "serviceId"}),
        required=("serviceId",),
        values={"serviceId": _NAME, "deletionPolicy": DELETION_POLICY},
        validations=settled(labels("userLabels")),
        outputs=_full_name,
    ),
    Kind(
        token=_SERVICES[1],
        id="projects/{project}/services/{serviceId}",
        api=_API,
        source=_DOCS + "services",
        names=("name", "serviceId"),
        immutable=frozenset({"basicService.serviceLabels", "basicService.serviceType", "project", "serviceId"}),
        values={"serviceId": _NAME, "deletionPolicy": DELETION_POLICY},
        validations=settled(labels("userLabels"), _service_labels),
        outputs=lambda resource, cloud: {
            "name": f"projects/{cloud.project_number(resource.project)}/services/{resource.get('serviceId')}",
            "telemetries": [],
        },
    ),
    Kind(
        token=_SLO,
        id="projects/{#number}/services/{/service}/serviceLevelObjectives/{sloId}",
        api=_API,
        source=_DOCS + "services.serviceLevelObjectives",
        names=("name",),
        immutable=frozenset({"project", "service", "sloId"}),
        required=("sloId",),
        one_of=(
            ("calendarPeriod", "rollingPeriodDays"),
            ("basicSli", "requestBasedSli", "windowsBasedSli"),
            ("basicSli.availability", "basicSli.latency"),
            ("requestBasedSli.distributionCut", "requestBasedSli.goodTotalRatio"),
            (
                "windowsBasedSli.goodBadMetricFilter",
                "windowsBasedSli.goodTotalRatioThreshold",
                "windowsBasedSli.metricMeanInRange",
                "windowsBasedSli.metricSumInRange",
            ),
        ),
        at_least_one_of=(
            tuple(f"requestBasedSli.distributionCut.range.{end}" for end in _RANGE),
            tuple(f"windowsBasedSli.metricMeanInRange.range.{end}" for end in _RANGE),
            tuple(f"windowsBasedSli.metricSumInRange.range.{end}" for end in _RANGE),
        ),
        values={
            "sloId": re.compile(r"[a-zA-Z0-9\-_:.]{1,63}"),
            "calendarPeriod": words("DAY WEEK FORTNIGHT MONTH"),
            "rollingPeriodDays": range(1, 31),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(labels("userLabels"), between("goal", 1e-9, 0.9999), _ratio),
        references=(Reference(path="service", to=_SERVICES, inside=True),),
        outputs=_full_name,
    ),
)
