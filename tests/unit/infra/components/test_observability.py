"""Observability: what is promised, what is watched, and that the API takes it on a project without any data."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from infra.components import dashboards, observability, telemetry
from infra.components.observability import Observability, ObservabilityArgs
from infra.settings import ROOT
from infra.settings_models import StackSettings
from tests.unit.infra.gcp_parts import NAMES, gcp_settings, make_project
from tests.unit.infra.recorder import Recording, rehearsed_values, run

SERVICES = ("auth", "frontend", "orders", "products")
DURATION = re.compile(r"\d+s")


def recorded(services: Mapping[str, Any] | None = None, **changes: Mapping[str, Any] | bool) -> Recording:
    def program() -> None:
        values = rehearsed_values("dev")
        values["services"] |= services or {}
        stack = StackSettings.model_validate(values)
        settings = gcp_settings("dev", **changes)
        project = make_project(settings, observability.APIS)
        Observability(
            "observability",
            ObservabilityArgs(
                names=NAMES,
                settings=settings.observability,
                project=project.id,
                apis=project.apis,
                contact=settings.project.contact,
                domain=settings.edge.domain,
                services=stack.services,
                namespaces=stack.namespaces,
                cluster="atm-dev-cluster",
                repository=settings.delivery.bitbucket,
            ),
        )

    return run(program)


@pytest.fixture(scope="module")
def recording() -> Recording:
    return recorded()


def inputs_of(recording: Recording, kind: str) -> dict[str, dict[str, Any]]:
    return {r.name: r.inputs for r in recording.resources if r.typ.startswith("gcp:") and r.typ.endswith(f":{kind}")}


def conditions_of(recording: Recording) -> dict[str, list[dict[str, Any]]]:
    return {name: inputs["conditions"] for name, inputs in inputs_of(recording, "AlertPolicy").items()}


def pattern(text: str) -> str:
    """The expression that a filter or a selector finds a backend by."""
    [found] = set(re.findall(r'backend_target_name(?:"=monitoring\.regex\.full_match\(|=~)"([^"]+)"', text))
    return str(found)


class TestObjectives:
    def test_each_service_promises_availability_and_latency(self, recording: Recording) -> None:
        promised = inputs_of(recording, "Slo")
        assert set(promised) == {
            f"observability-{service}-{name}" for service in SERVICES for name in ("availability", "latency")
        }
        assert {slo["rollingPeriodDays"] for slo in promised.values()} == {28}

    def test_goals_are_settings(self) -> None:
        recording = recorded(observability={"availability": 0.999, "latencyShare": 0.9, "latencyMs": 300})
        promised = inputs_of(recording, "Slo")
        assert promised["observability-orders-availability"]["goal"] == 0.999
        latency = promised["observability-orders-latency"]
        assert latency["goal"] == 0.9
        assert latency["requestBasedSli"]["distributionCut"]["range"] == {"max": 300}

    def test_the_ratio_is_of_the_same_requests(self, recording: Recording) -> None:
        ratio = inputs_of(recording, "Slo")["observability-orders-availability"]["requestBasedSli"]["goodTotalRatio"]
        assert set(ratio) == {"badServiceFilter", "totalServiceFilter"}
        total = ratio["totalServiceFilter"]
        assert ratio["badServiceFilter"] == f'{total} AND metric.label."response_code_class"="500"'
        assert 'metric.type="loadbalancing.googleapis.com/https/request_count"' in total
        assert 'resource.type="https_lb_rule"' in total

    @pytest.mark.parametrize("service", SERVICES)
    def test_each_counts_the_requests_of_its_own_backend(self, recording: Recording, service: str) -> None:
        for name in ("availability", "latency"):
            text = json.dumps(inputs_of(recording, "Slo")[f"observability-{service}-{name}"]).replace('\\"', '"')
            found = [
                other for other in SERVICES if re.fullmatch(pattern(text), f"gkegw1-4v0d-shop-{other}-80-a1b2c3d4e5f6")
            ]
            assert found == [service]

    def test_a_budget_that_burns_is_told_when_two_windows_agree(self, recording: Recording) -> None:
        burns = {name: alert for name, alert in inputs_of(recording, "AlertPolicy").items() if "-orders-" in name}
        assert set(burns) == {
            f"observability-orders-{name}-{speed}" for name in ("availability", "latency") for speed in ("fast", "slow")
        }
        for name, alert in burns.items():
            assert alert["combiner"] == "AND"
            found = [condition["conditionThreshold"] for condition in alert["conditions"]]
            windows = [re.findall(r'"(\d+)s"\)', threshold["filter"])[0] for threshold in found]
            rates = {threshold["thresholdValue"] for threshold in found}
            expected = (["3600", "300"], {14.4}) if name.endswith("fast") else (["21600", "1800"], {6})
            assert (windows, rates) == expected
            assert all(threshold["filter"].startswith("select_slo_burn_rate(") for threshold in found)


class TestBackend:
    @pytest.mark.parametrize(
        ("namespace", "service", "name"),
        [
            ("shop", "orders", "gkegw1-qm6k-shop-orders-80-wqi4f7l2fh2l"),
            ("admin-portal-prod", "admin-portal", "gkegw1-crnq-admin-portal-prod-admin-portal-80-xp2utdv9rk38"),
            # What GKE makes of names that are too long for it.
            (
                "kalchemy",
                "access-advisor-middleware-a",
                "gkegw1-jgyx-kalchem-access-advisor-middleware--80-78qnvyiusmha",
            ),
        ],
    )
    def test_the_name_gke_gives_is_found(self, namespace: str, service: str, name: str) -> None:
        assert re.fullmatch(telemetry.backend(namespace, service), name)

    def test_a_service_is_not_taken_for_one_whose_name_is_longer(self) -> None:
        assert not re.fullmatch(telemetry.backend("shop", "orders"), "gkegw1-qm6k-shop-orders-old-80-wqi4f7l2fh2l")
        assert not re.fullmatch(telemetry.backend("shop", "orders"), "gkegw1-qm6k-shop-my-orders-80-wqi4f7l2fh2l")


class TestAlerts:
    def test_an_alert_on_metrics_that_do_not_exist_yet_is_not_refused(self, recording: Recording) -> None:
        for name, conditions in conditions_of(recording).items():
            for condition in conditions:
                prom = condition.get("conditionPrometheusQueryLanguage")
                text = json.dumps(condition)
                if prom is None:
                    assert not re.search(r"kubernetes|logging\.googleapis|serviceruntime", text), name
                else:
                    assert prom["disableMetricValidation"] is True, name

    def test_durations_are_what_the_api_takes(self, recording: Recording) -> None:
        for name, conditions in conditions_of(recording).items():
            for condition in conditions:
                threshold = condition.get("conditionThreshold", {})
                for aggregation in threshold.get("aggregations", []):
                    assert int(aggregation["alignmentPeriod"].removesuffix("s")) >= 60, name
                prom = condition.get("conditionPrometheusQueryLanguage", {})
                for duration in (threshold.get("duration"), prom.get("duration")):
                    assert duration is None or (DURATION.fullmatch(duration) and int(duration[:-1]) % 60 == 0), name
                interval = prom.get("evaluationInterval", "30s")
                assert int(interval.removesuffix("s")) % 30 == 0, name

    def test_each_tells_the_contact_and_leads_to_a_section_of_the_runbook(self, recording: Recording) -> None:
        [channel] = inputs_of(recording, "NotificationChannel").values()
        assert channel["labels"] == {"email_address": "platform@example.com"}
        page = (ROOT / observability.RUNBOOK).read_text(encoding="utf-8")
        sections = {heading.lower().replace(" ", "-") for heading in re.findall(r"^## (.+)$", page, re.MULTILINE)}
        linked = set()
        for name, alert in inputs_of(recording, "AlertPolicy").items():
            assert len(alert["notificationChannels"]) == 1, name
            [link] = alert["documentation"]["links"]
            url, _, section = link["url"].partition("#markdown-header-")
            assert url == "https://bitbucket.org/example/a-tu-mano/src/HEAD/docs/runbooks/gcp.md"
            linked.add(section)
        assert linked == sections

    def test_an_alert_of_a_log_says_how_often_it_may_be_told(self, recording: Recording) -> None:
        for name, alert in inputs_of(recording, "AlertPolicy").items():
            of_logs = "conditionMatchedLog" in alert["conditions"][0]
            assert ("notificationRateLimit" in alert["alertStrategy"]) is of_logs, name
            assert len(alert["conditions"]) == 1 or alert["combiner"] == "AND", name

    def test_metrics_of_logs_are_those_that_alerts_ask_for(self, recording: Recording) -> None:
        made = {
            telemetry.prom(f"logging.googleapis.com/user/{m['name']}") for m in inputs_of(recording, "Metric").values()
        }
        asked = set(re.findall(r"logging_googleapis_com:\w+", json.dumps(conditions_of(recording))))
        assert asked == made


class TestChecks:
    def test_each_service_is_asked_over_https_with_its_certificate(self, recording: Recording) -> None:
        checks = inputs_of(recording, "UptimeCheckConfig")
        assert set(checks) == {f"observability-check-{service}" for service in SERVICES}
        for name, check in checks.items():
            http = check["httpCheck"]
            assert (http["port"], http["useSsl"], http["validateSsl"]) == (443, True, True), name
            assert check["monitoredResource"]["labels"]["host"] == "shop.example.com"
            assert len(check["selectedRegions"]) >= 3
            assert check["period"] in {"60s", "300s", "600s", "900s"}
            assert 1 <= int(check["timeout"].removesuffix("s")) <= 60

    def test_a_page_has_to_be_there_with_its_words(self, recording: Recording) -> None:
        check = inputs_of(recording, "UptimeCheckConfig")["observability-check-auth"]
        assert check["httpCheck"]["path"] == "/auth/jwks.json"
        assert check["contentMatchers"] == [{"content": '"keys"', "matcher": "CONTAINS_STRING"}]
        assert check["httpCheck"]["acceptedResponseStatusCodes"] == [{"statusClass": "STATUS_CLASS_2XX"}]

    def test_a_service_that_asks_for_a_login_is_up_when_it_refuses(self, recording: Recording) -> None:
        http = inputs_of(recording, "UptimeCheckConfig")["observability-check-orders"]["httpCheck"]
        assert http["path"] == "/orders"
        assert {"statusClass": "STATUS_CLASS_4XX"} in http["acceptedResponseStatusCodes"]
        assert {"statusClass": "STATUS_CLASS_5XX"} not in http["acceptedResponseStatusCodes"]


class TestDashboards:
    def test_each_service_has_a_row_on_a_board_without_overlaps(self, recording: Recording) -> None:
        [board] = inputs_of(recording, "Dashboard").values()
        layout = json.loads(board["dashboardJson"])["mosaicLayout"]
        tiles = layout["tiles"]
        assert not [tile for tile in tiles if 0 in (tile.get("xPos"), tile.get("yPos"))], "the API leaves out zeros"
        rows = {tile.get("yPos", 0): tile["widget"]["title"].partition(":")[0] for tile in tiles}
        assert tuple(rows[y] for y in sorted(rows)) == SERVICES
        assert len({(tile.get("xPos", 0), tile.get("yPos", 0)) for tile in tiles}) == len(tiles) == 6 * len(SERVICES)
        assert all(tile.get("xPos", 0) + tile["width"] <= layout["columns"] for tile in tiles)

    def test_more_services_than_a_board_takes_get_another_one(self) -> None:
        names = [f"s{number:03}" for number in range(200)]
        boards = [json.loads(text) for text in dashboards.dashboards("atm-dev", "c", "shop", names)]
        assert all(len(board["mosaicLayout"]["tiles"]) <= 100 for board in boards)
        assert sum(len(board["mosaicLayout"]["tiles"]) for board in boards) == 6 * len(names)
        assert len({board["displayName"] for board in boards}) == len(boards)


def test_logs_are_kept_as_long_as_the_setting_says() -> None:
    bucket = recorded(observability={"logDays": 90}).inputs("ProjectBucketConfig", "observability-logs")
    assert (bucket["bucketId"], bucket["location"], bucket["retentionDays"]) == ("_Default", "global", 90)


def test_a_new_service_touches_nothing_of_the_others(recording: Recording) -> None:
    orders = rehearsed_values("dev")["services"]["orders"]
    other = recorded(services={"reviews": {**orders, "path": "/reviews"}})
    before, after = ({r.name: r.inputs for r in each.resources} for each in (recording, other))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"observability-dashboard"}


def test_everything_waits_for_its_api(recording: Recording) -> None:
    for kind, name, api in (
        ("NotificationChannel", "observability-channel", "monitoring"),
        ("UptimeCheckConfig", "observability-check-orders", "monitoring"),
        ("CustomService", "observability-orders", "monitoring"),
        ("Dashboard", "observability-dashboard", "monitoring"),
        ("ProjectBucketConfig", "observability-logs", "logging"),
        ("Metric", "observability-errors-metric", "logging"),
    ):
        assert f"Service project-{api}" in recording.depends_on(kind, name), name
