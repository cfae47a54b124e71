"""What is watched of a stack, and who is told when.

Owns: how long logs are kept, the metrics made of them, the checks from outside, the objectives of each service with the
alerts on how fast their budget burns, the other alerts, the dashboards, and the address that gets the messages.

Deliberately not here: collecting. GKE and the load balancer send their logs and metrics without anything of ours; the
app's own metrics are collected as Metrics says, and nobody is alerted by them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import pulumi
from pulumi_gcp.logging import Metric, ProjectBucketConfig
from pulumi_gcp.monitoring import (
    AlertPolicy,
    CustomService,
    Dashboard,
    NotificationChannel,
    Slo,
    UptimeCheckConfig,
)

from infra.components import alerts, dashboards, objectives
from infra.components.base import Component
from infra.naming import Naming, logical
from infra.settings_gcp import BitbucketSettings, ObservabilitySettings
from infra.settings_models import NamespaceSettings, ServiceSettings

if TYPE_CHECKING:
    from pulumi_gcp.monitoring import (
        AlertPolicyAlertStrategyArgsDict,
        UptimeCheckConfigContentMatcherArgsDict,
        UptimeCheckConfigHttpCheckAcceptedResponseStatusCodeArgsDict,
    )

MONITORING: Final = "monitoring.googleapis.com"
LOGGING: Final = "logging.googleapis.com"
APIS: Final[tuple[str, ...]] = (MONITORING, LOGGING)
RUNBOOK: Final = "docs/runbooks/gcp.md"
"""Page with a section for each alert."""
_REGIONS: Final = ("USA", "EUROPE", "ASIA_PACIFIC")
"""Where checks come from; five places, and the API wants three."""
_PERIOD: Final = "300s"
"""Between two checks from the same place: a page checked every minute would leave the free part with the fifth one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ObservabilityArgs:
    """Inputs of Observability."""

    names: Naming
    """Names of the stack."""
    settings: ObservabilitySettings
    """Objectives, and how long logs are kept."""
    project: pulumi.Input[str]
    """Id of the project. Source: Project.id."""
    apis: Mapping[str, pulumi.Resource]
    """Services of the project, by name. Source: Project.apis."""
    contact: str
    """E-mail address that gets the messages."""
    domain: str
    """Domain of the shop."""
    services: Mapping[str, ServiceSettings]
    """Services, by name."""
    namespaces: NamespaceSettings
    """Namespaces of the stack."""
    cluster: str
    """Name of the cluster, known before it exists."""
    repository: BitbucketSettings
    """Repository in which the team reads docs/runbooks/gcp.md."""


class Observability(Component):
    """Checks, objectives, alerts and dashboards of a stack."""

    TYPE: ClassVar[str] = "a-tu-mano:gcp:Observability"

    channel: pulumi.Output[str]
    """Name of the channel that messages go to."""

    def __init__(self, name: str, args: ObservabilityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self._logs(name, args)
        channel = NotificationChannel(
            logical(name, "channel"),
            project=args.project,
            type="email",
            display_name=f"{args.names.prefix}-{args.names.stack}",
            labels={"email_address": args.contact},
            opts=self.child(depends_on=[args.apis[MONITORING]]),
        )
        self.channel = channel.name
        for service, settings in args.services.items():
            self._check(name, args, service, settings)
            self._objectives(name, args, service)
        namespaces = f"{args.namespaces.services}|{args.namespaces.database}"
        for alert in alerts.alerts(args.cluster, namespaces, args.domain):
            self._alert(name, args, alert)
        title = f"{args.names.prefix}-{args.names.stack}"
        charts = dashboards.dashboards(title, args.cluster, args.namespaces.services, sorted(args.services))
        for number, layout in enumerate(charts, start=1):
            Dashboard(
                logical(name, "dashboard" if number == 1 else f"dashboard-{number}"),
                project=args.project,
                dashboard_json=layout,
                opts=self.child(depends_on=[args.apis[MONITORING]]),
            )
        self.register_outputs({"channel": self.channel})

    def _logs(self, name: str, args: ObservabilityArgs) -> None:
        ready = [args.apis[LOGGING]]
        ProjectBucketConfig(
            logical(name, "logs"),
            project=args.project,
            location="global",
            # Every project has it; it is taken over as it is, and stays when the stack goes.
            bucket_id="_Default",
            retention_days=args.settings.log_days,
            opts=self.child(depends_on=ready),
        )
        Metric(
            logical(name, "errors-metric"),
            project=args.project,
            name=alerts.ERRORS,
            description="Lines of a service with severity ERROR or worse",
            filter=f'resource.type="k8s_container" AND resource.labels.namespace_name="{args.namespaces.services}" AND '
            "severity>=ERROR",
            metric_descriptor={"metric_kind": "DELTA", "value_type": "INT64", "unit": "1"},
            opts=self.child(depends_on=ready),
        )
        Metric(
            logical(name, "refused-metric"),
            project=args.project,
            name=alerts.REFUSED,
            description="Requests that were refused, by Cloud Armor or by a service",
            filter='resource.type="http_load_balancer" AND httpRequest.status=(401 OR 403 OR 429)',
            metric_descriptor={
                "metric_kind": "DELTA",
                "value_type": "INT64",
                "unit": "1",
                "labels": [{"key": "status", "value_type": "STRING", "description": "Status of the answer"}],
            },
            label_extractors={"status": "EXTRACT(httpRequest.status)"},
            opts=self.child(depends_on=ready),
        )

    def _check(self, name: str, args: ObservabilityArgs, service: str, settings: ServiceSettings) -> None:
        page = settings.page
        matchers: list[UptimeCheckConfigContentMatcherArgsDict] = []
        accepted: list[UptimeCheckConfigHttpCheckAcceptedResponseStatusCodeArgsDict]
        if page:
            matchers = [{"content": page.content, "matcher": "CONTAINS_STRING"}]
            accepted = [{"status_class": "STATUS_CLASS_2XX"}]
        else:
            # A service that asks for a login is up when it refuses.
            accepted = [{"status_class": f"STATUS_CLASS_{hundred}XX"} for hundred in (2, 3, 4)]
        UptimeCheckConfig(
            logical(name, f"check-{service}"),
            project=args.project,
            display_name=f"{args.names.prefix}-{args.names.stack}: {service}",
            monitored_resource={
                "type": "uptime_url",
                "labels": {"project_id": args.project, "host": args.domain},
            },
            http_check={
                "request_method": "GET",
                "path": page.path if page else settings.path,
                "port": 443,
                "use_ssl": True,
                "validate_ssl": True,
                "accepted_response_status_codes": accepted,
            },
            content_matchers=matchers or None,
            selected_regions=list(_REGIONS),
            period=_PERIOD,
            timeout="10s",
            opts=self.child(depends_on=[args.apis[MONITORING]]),
        )

    def _objectives(self, name: str, args: ObservabilityArgs, service: str) -> None:
        watched = CustomService(
            logical(name, service),
            project=args.project,
            service_id=service,
            display_name=service,
            opts=self.child(depends_on=[args.apis[MONITORING]]),
        )
        for objective in objectives.objectives(args.settings, args.namespaces.services, service):
            promise = Slo(
                logical(name, f"{service}-{objective.name}"),
                project=args.project,
                service=watched.service_id,
                slo_id=objective.name,
                display_name=objective.text,
                goal=objective.goal,
                rolling_period_days=objectives.DAYS,
                request_based_sli=objective.sli,
                opts=self.child(),
            )
            for burn in objectives.BURNS:
                self._alert(name, args, objectives.alert(service, objective, burn, promise.name))

    def _alert(self, name: str, args: ObservabilityArgs, alert: alerts.Alert) -> None:
        strategy: AlertPolicyAlertStrategyArgsDict = {"auto_close": "86400s"}
        if alert.of_logs:
            strategy["notification_rate_limit"] = {"period": "300s"}
        title = f"{args.names.prefix}-{args.names.stack}: {alert.text}"
        AlertPolicy(
            logical(name, alert.name),
            project=args.project,
            display_name=title,
            combiner="AND" if len(alert.conditions) > 1 else "OR",
            conditions=alert.conditions,
            severity=alert.severity,
            notification_channels=[self.channel],
            alert_strategy=strategy,
            documentation={
                "content": f"{alert.help}\n\nWhat to do: {RUNBOOK}#{alert.section}",
                "mime_type": "text/markdown",
                "subject": title,
                "links": [{"display_name": "Runbook", "url": _runbook(args.repository, alert.section)}],
            },
            opts=self.child(),
        )


def _runbook(repository: BitbucketSettings, section: str) -> str:
    page = f"https://bitbucket.org/{repository.workspace}/{repository.repository}/src/HEAD/{RUNBOOK}"
    return f"{page}#markdown-header-{section}"
