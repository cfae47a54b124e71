import json
from typing import Any

import pytest

from tests.unit.local.gcp.services.emulated import PROJECT, REGION, Gcp

METRIC = "gcp:logging/metric:Metric"
LOGS = "gcp:logging/projectBucketConfig:ProjectBucketConfig"
SINK = "gcp:logging/projectSink:ProjectSink"
DASHBOARD = "gcp:monitoring/dashboard:Dashboard"
CHECK = "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig"
ALERT = "gcp:monitoring/alertPolicy:AlertPolicy"
CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel"
SERVICE = "gcp:monitoring/customService:CustomService"
SLO = "gcp:monitoring/slo:Slo"
TOPIC = "gcp:pubsub/topic:Topic"
SUBSCRIPTION = "gcp:pubsub/subscription:Subscription"
BUCKET = "gcp:storage/bucket:Bucket"
OBJECT = "gcp:storage/bucketObject:BucketObject"
JOB = "gcp:cloudscheduler/job:Job"
RATIO = {"goodTotalRatio": {"goodServiceFilter": "a", "totalServiceFilter": "b"}}


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"name": "a b"}, "name"),
        ({"metricDescriptor": {"metricKind": "GAUGE", "valueType": "INT64"}}, "DELTA"),
        ({"metricDescriptor": {"metricKind": "DELTA", "valueType": "DISTRIBUTION"}}, "needs valueExtractor"),
        (
            {"metricDescriptor": {"metricKind": "DELTA", "valueType": "INT64"}, "valueExtractor": "EXTRACT(a)"},
            "DISTRIBUTION",
        ),
        ({"labelExtractors": {"service": "EXTRACT(a)"}}, "both have each label"),
        ({"bucketOptions": {"explicitBuckets": {"bounds": [1.0]}}}, "DISTRIBUTION"),
    ],
)
def test_what_a_metric_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    assert said in gcp.wrong(METRIC, **{"name": "errors", "filter": "severity>=ERROR", **inputs})


def test_log_buckets_of_google_are_taken_over(project: Gcp) -> None:
    made = project.make(LOGS, project=PROJECT, location="global", bucketId="_Default", retentionDays=30)
    assert project.changes(made, retentionDays=60).replaces == []
    assert "retentionDays" in project.wrong(LOGS, project=PROJECT, location="global", bucketId="a", retentionDays=0)
    assert "nowhere" in project.refused(LOGS, project=PROJECT, location="nowhere", bucketId="a")


def test_a_sink_has_a_destination_that_there_is_and_a_writer(project: Gcp) -> None:
    assert "destination" in project.wrong(SINK, name="sink", destination="gs://bucket")
    assert "404" in project.refused(SINK, name="sink", destination="storage.googleapis.com/none")
    topic = project.make(TOPIC, name="logs")
    made = project.make(SINK, name="sink", destination=f"pubsub.googleapis.com/{topic.id}")
    assert made.out("writerIdentity").endswith("@gcp-sa-logging.iam.gserviceaccount.com")


TILE = {"width": 24, "height": 16, "widget": {"title": "Errors", "xyChart": {}}}


@pytest.mark.parametrize(
    ("board", "said"),
    [
        ("{", "no JSON"),
        ({"mosaicLayout": {"columns": 48, "tiles": []}}, "displayName"),
        ({"displayName": "Shop"}, "no layout"),
        ({"displayName": "Shop", "mosaicLayout": {"columns": 49, "tiles": []}}, "columns"),
        ({"displayName": "Shop", "mosaicLayout": {"columns": 48, "tiles": [TILE, TILE]}}, "overlaps"),
        ({"displayName": "Shop", "mosaicLayout": {"columns": 12, "tiles": [TILE]}}, "not within 12"),
        ({"displayName": "Shop", "gridLayout": {"widgets": [{"title": "A", "chart": {}}]}}, "one kind"),
    ],
)
def test_what_a_dashboard_cannot_be(gcp: Gcp, board: Any, said: str) -> None:
    assert said in gcp.wrong(DASHBOARD, dashboardJson=board if isinstance(board, str) else json.dumps(board))


HOST = {"type": "uptime_url", "labels": {"host": "shop.example.com"}}


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"period": "120s"}, "period"),
        ({"timeout": "61s"}, "timeout"),
        ({"selectedRegions": ["EUROPE"]}, "at least 3 locations"),
        ({"selectedRegions": ["MARS"]}, "selectedRegions"),
        ({"monitoredResource": {"type": "uptime_url", "labels": {}}}, "host"),
        ({"monitoredResource": {"type": "uptime_url", "labels": {"host": "https://a.example.com"}}}, "without scheme"),
        ({"httpCheck": {"validateSsl": True}}, "useSsl"),
        ({"httpCheck": {"port": 0}}, "port"),
        ({"tcpCheck": {"port": 80}}, "only one of"),
        ({"httpCheck": None}, "one of"),
    ],
)
def test_what_an_uptime_check_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    given = {"displayName": "shop", "timeout": "10s", "httpCheck": {"path": "/"}, "monitoredResource": HOST, **inputs}
    assert said in gcp.wrong(CHECK, **{name: value for name, value in given.items() if value is not None})


def alert(filter_: str, **inputs: Any) -> dict[str, Any]:
    condition = {"filter": filter_, "comparison": "COMPARISON_GT", "duration": "60s", **inputs}
    return {
        "displayName": "alert",
        "combiner": "OR",
        "conditions": [{"displayName": "condition", "conditionThreshold": condition}],
    }


ERRORS = 'metric.type="logging.googleapis.com/user/errors" AND resource.type="k8s_container"'


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({**alert(ERRORS), "combiner": "XOR"}, "combiner"),
        ({**alert(ERRORS), "severity": "HIGH"}, "severity"),
        (alert('metric.type="a"'), 'restriction on "resource.type"'),
        (alert('resource.type="k8s_container"'), 'restriction on "metric.type"'),
        (alert(ERRORS, duration="90s"), "whole minutes"),
        (alert(ERRORS, comparison="GT"), "comparison"),
        (alert(ERRORS, aggregations=[{"alignmentPeriod": "30s"}]), "at least 60s"),
        (alert(ERRORS, aggregations=[{"perSeriesAligner": "RATE"}]), "perSeriesAligner"),
        ({**alert(ERRORS), "conditions": []}, "from 1 to 6"),
        ({**alert(ERRORS), "conditions": [{"displayName": "a"}]}, "exactly one of"),
        ({**alert(ERRORS), "notificationChannels": ["email"]}, "notificationChannels"),
        ({**alert(ERRORS), "alertStrategy": {"autoClose": "60s"}}, "autoClose"),
        (
            {**alert(ERRORS), "conditions": [{"displayName": "a", "conditionMatchedLog": {"filter": "a"}}]},
            "notificationRateLimit",
        ),
    ],
)
def test_what_an_alert_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    assert said in gcp.wrong(ALERT, **inputs)


def test_an_alert_names_metrics_objectives_and_channels_that_there_are(project: Gcp) -> None:
    assert "Cannot find metric" in project.refused(ALERT, **alert(ERRORS))
    project.make(METRIC, name="errors", filter="severity>=ERROR")
    channel = project.make(CHANNEL, type="email", labels={"email_address": "ana@example.com"})
    none = f"projects/{PROJECT}/notificationChannels/1"
    assert "404" in project.refused(ALERT, **alert(ERRORS), notificationChannels=[none])
    made = project.make(ALERT, **alert(ERRORS), notificationChannels=[channel.out("name")])
    assert "is used by the policy" in project.kept(channel)
    project.delete(made)
    project.delete(channel)
    burn = 'select_slo_burn_rate("projects/1/services/s/serviceLevelObjectives/o", "3600s")'
    assert "objective" in project.refused(ALERT, **alert(burn))


def test_an_uptime_check_that_is_watched_stays(project: Gcp) -> None:
    check = project.make(CHECK, displayName="shop", timeout="10s", httpCheck={"path": "/"}, monitoredResource=HOST)
    filter_ = (
        'metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND resource.type="uptime_url" AND '
        f'metric.labels.check_id="{check.out("uptimeCheckId")}"'
    )
    policy = project.make(ALERT, **alert(filter_))
    assert "alerting policies is using it" in project.kept(check)
    project.delete(policy)
    project.delete(check)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"type": "mail"}, "type"),
        ({"labels": {}}, "email_address"),
        ({"labels": {"email_address": "ana"}}, "an e-mail address"),
        ({"type": "pubsub"}, "topic"),
    ],
)
def test_what_a_channel_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    assert said in gcp.wrong(CHANNEL, **{"type": "email", "labels": {"email_address": "a@b.es"}, **inputs})


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"goal": 1.0}, "goal"),
        ({"goal": 0.0}, "goal"),
        ({"calendarPeriod": "MONTH"}, "only one of"),
        ({"rollingPeriodDays": 31}, "rollingPeriodDays"),
        ({"requestBasedSli": {"goodTotalRatio": {"goodServiceFilter": "a"}}}, "exactly two"),
        ({"requestBasedSli": None}, "one of"),
        ({"sloId": "a b"}, "sloId"),
        (
            {"requestBasedSli": None, "windowsBasedSli": {"windowPeriod": "90s", "goodBadMetricFilter": "a"}},
            "whole minutes",
        ),
    ],
)
def test_what_an_objective_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    given = {
        "service": "orders",
        "sloId": "availability",
        "goal": 0.99,
        "rollingPeriodDays": 28,
        "requestBasedSli": RATIO,
        **inputs,
    }
    assert said in gcp.wrong(SLO, **{name: value for name, value in given.items() if value is not None})


def test_an_objective_is_of_a_service_and_goes_with_it(project: Gcp) -> None:
    objective = {"sloId": "a", "goal": 0.99, "rollingPeriodDays": 28, "requestBasedSli": RATIO}
    assert "404" in project.refused(SLO, service="orders", **objective)
    service = project.make(SERVICE, serviceId="orders")
    made = project.make(SLO, service=service.out("name"), **objective)
    assert made.out("name") == f"{service.out('name')}/serviceLevelObjectives/a"
    project.delete(service)
    with project.store.transaction() as world:
        assert not world.all(SLO)


def test_a_service_of_gke_has_its_labels(gcp: Gcp) -> None:
    basic = {"serviceType": "GKE_SERVICE", "serviceLabels": {"cluster_name": "c"}}
    said = gcp.wrong("gcp:monitoring/genericService:GenericService", serviceId="orders", basicService=basic)
    assert "namespace_name" in said


@pytest.mark.parametrize(
    ("token", "inputs", "said"),
    [
        (TOPIC, {"name": "google-topic"}, "name"),
        (TOPIC, {"name": "t"}, "name"),
        (TOPIC, {"name": "topic", "messageRetentionDuration": "60s"}, "messageRetentionDuration"),
        (SUBSCRIPTION, {"name": "sub", "topic": "t", "ackDeadlineSeconds": 5}, "ackDeadlineSeconds"),
        (SUBSCRIPTION, {"name": "sub", "topic": "t", "expirationPolicy": {"ttl": "3600s"}}, "at least a day"),
        (SUBSCRIPTION, {"name": "sub", "topic": "t", "pushConfig": {"pushEndpoint": "http://a"}}, "pushEndpoint"),
        (JOB, {"name": "job", "schedule": "daily", "httpTarget": {"uri": "https://a"}}, "five fields"),
        (JOB, {"name": "job", "timeZone": "Madrid", "httpTarget": {"uri": "https://a"}}, "timeZone"),
        (JOB, {"name": "job", "schedule": "0 3 * * *"}, "one of"),
        (JOB, {"name": "job", "attemptDeadline": "1s", "httpTarget": {"uri": "https://a"}}, "attemptDeadline"),
        (BUCKET, {"name": "Bucket", "location": REGION}, "name"),
        (BUCKET, {"name": "my-google-bucket", "location": REGION}, "google"),
        (BUCKET, {"name": "10.0.0.1", "location": REGION}, "IP address"),
        (BUCKET, {"name": "bucket", "location": REGION, "storageClass": "COLD"}, "storageClass"),
        (BUCKET, {"name": "bucket", "location": REGION, "publicAccessPrevention": "yes"}, "publicAccessPrevention"),
        (
            BUCKET,
            {"name": "bucket", "location": REGION, "softDeletePolicy": {"retentionDurationSeconds": 60}},
            "retentionDurationSeconds",
        ),
        (
            BUCKET,
            {"name": "bucket", "location": REGION, "lifecycleRules": [{"action": {"type": "Delete"}, "condition": {}}]},
            "at least one condition",
        ),
        (OBJECT, {"bucket": "b", "name": "o"}, "one of"),
    ],
)
def test_what_cannot_be(gcp: Gcp, token: str, inputs: dict[str, Any], said: str) -> None:
    assert said in gcp.wrong(token, **inputs)


def test_a_topic_goes_under_its_subscriptions(project: Gcp) -> None:
    topic = project.make(TOPIC, name="topic")
    subscription = project.make(SUBSCRIPTION, name="sub", topic=topic.id)
    assert project.changes(subscription).changes == []
    project.delete(topic)
    assert "404" in project.refused(SUBSCRIPTION, name="more", topic=topic.id)


def test_a_bucket_with_objects_stays_unless_forced(project: Gcp) -> None:
    bucket = project.make(BUCKET, name="atm-state", location=REGION)
    assert "409" in project.refused(BUCKET, name="atm-state", location=REGION)
    assert "location constraint" in project.refused(BUCKET, name="atm-more", location="mars")
    assert project.changes(bucket, location="EUROPE-WEST4").replaces == ["location"]
    project.make(OBJECT, bucket="atm-state", name="o", content="text")
    assert "forceDestroy" in project.kept(bucket)
    project.delete(project.change(bucket, forceDestroy=True))
    with project.store.transaction() as world:
        assert not world.all(OBJECT)


def test_a_job_is_in_a_region(project: Gcp) -> None:
    target = {"topicName": project.make(TOPIC, name="topic").id, "data": "YQ=="}
    assert "mars" in project.refused(JOB, name="job", region="mars", pubsubTarget=target)
    job = project.make(JOB, name="job", schedule="0 3 * * *", pubsubTarget=target)
    assert project.changes(job).changes == []
