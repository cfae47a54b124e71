"""What a stack as a whole has to have: each rule of the area, passing, failing, unknown and unrelated."""

from pathlib import Path
from typing import Final

import pulumi_gcp
import pytest

from policies.capture import SECRET, UNKNOWN, Capture
from policies.rules import RULES
from policies.rules.stack import (
    alerts_reach_somebody,
    audit_logs,
    audit_of_everybody,
    budget,
    budget_warns,
    contact,
    labels,
    log_retention,
    no_default_network,
    no_secrets_in_inputs,
    project_kept,
    protection,
    secrets_marked,
    uptime,
    uptime_verifies,
)
from tests.unit.policies.rules.cases import (
    GONE,
    added,
    changed,
    findings_of,
    four_cases,
    made,
    stack_of,
    unprotected,
    without,
)

PROJECT: Final = "gcp:organizations/project:Project"
BUDGET: Final = "gcp:billing/budget:Budget"
AUDIT: Final = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
CONTACT: Final = "gcp:essentialcontacts/contact:Contact"
ALERT: Final = "gcp:monitoring/alertPolicy:AlertPolicy"
CHECK: Final = "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig"
PROVIDER: Final = "pulumi:providers:gcp project-provider"
SECRET_TYPE: Final = "kubernetes:core/v1:Secret"

test_labels = four_cases(
    labels.RULE,
    "prod",
    failing=[
        changed(PROVIDER, {"defaultLabels": '{"stack": "prod"}'}),
        changed(PROVIDER, {"defaultLabels": GONE}),
        added(made("gcp:pubsub/topic:Topic", name="more", labels={"stack": "prod"})),
    ],
    passing=[
        changed(PROVIDER, {"defaultLabels": {"stack": "s", "part-of": "p", "managed-by": "m"}}),
        added(made("gcp:pubsub/topic:Topic", labels={"stack": "s", "part-of": "p", "managed-by": "m"})),
    ],
    unknown=[
        changed(PROVIDER, {"defaultLabels": UNKNOWN}),
        added(made("gcp:pubsub/topic:Topic", labels=UNKNOWN)),
    ],
)
test_protection = four_cases(protection.RULE, f"prod {PROJECT}", failing=[unprotected], unknown=[])
test_project_kept = four_cases(
    project_kept.RULE,
    f"prod {PROJECT}",
    failing=[{"deletionPolicy": "DELETE"}, {"deletionPolicy": GONE}],
    unknown=["deletionPolicy"],
)
test_no_default_network = four_cases(
    no_default_network.RULE,
    f"prod {PROJECT}",
    failing=[{"autoCreateNetwork": True}, {"autoCreateNetwork": GONE}],
    unknown=["autoCreateNetwork"],
)
# Whether there is a budget, the program's own text tells: nothing about it can be unknown.
test_budget = four_cases(budget.RULE, "prod", failing=[without(BUDGET)], unknown=[])
test_budget_warns = four_cases(
    budget_warns.RULE,
    f"prod {BUDGET}",
    failing=[
        {"thresholdRules": GONE},
        {"thresholdRules": [{"thresholdPercent": 1}, {"thresholdPercent": 1, "spendBasis": "FORECASTED_SPEND"}]},
        {"thresholdRules": [{"thresholdPercent": 0.5}]},
        {"allUpdatesRule": GONE},
        {"allUpdatesRule.monitoringNotificationChannels": []},
    ],
    unknown=["thresholdRules", "thresholdRules[0].thresholdPercent", "allUpdatesRule.monitoringNotificationChannels"],
)
test_audit_logs = four_cases(
    audit_logs.RULE,
    "prod",
    failing=[
        without(AUDIT),
        changed(AUDIT, {"service": "storage.googleapis.com"}),
        changed(AUDIT, {"auditLogConfigs": [{"logType": "ADMIN_READ"}]}),
    ],
    unknown=[changed(AUDIT, {"service": UNKNOWN}), changed(AUDIT, {"auditLogConfigs": UNKNOWN})],
)
test_audit_of_everybody = four_cases(
    audit_of_everybody.RULE,
    f"prod {AUDIT}",
    failing=[{"auditLogConfigs[1].exemptedMembers": ["user:a@example.com"]}],
    unknown=["auditLogConfigs", "auditLogConfigs[0].exemptedMembers"],
)
test_contact = four_cases(
    contact.RULE,
    "prod",
    failing=[without(CONTACT), changed(CONTACT, {"notificationCategorySubscriptions": ["BILLING"]})],
    passing=[changed(CONTACT, {"notificationCategorySubscriptions": ["SECURITY"]})],
    unknown=[changed(CONTACT, {"notificationCategorySubscriptions": UNKNOWN})],
)
test_uptime = four_cases(
    uptime.RULE,
    stack_of(made(CHECK), made(ALERT, conditions=[{"filter": "metric.type=a/uptime_check/check_passed"}])),
    failing=[without(CHECK), without(ALERT), changed(ALERT, {"conditions[0].filter": "metric.type=a"})],
    unknown=[changed(ALERT, {"conditions[0].filter": UNKNOWN})],
)
test_uptime_verifies = four_cases(
    uptime_verifies.RULE,
    f"prod {CHECK} observability-check-auth",
    failing=[
        {"httpCheck.useSsl": False},
        {"httpCheck.validateSsl": False},
        {"httpCheck.validateSsl": GONE},
    ],
    unknown=["httpCheck.useSsl", "httpCheck.validateSsl", "httpCheck"],
    not_applicable=[{"httpCheck": GONE, "tcpCheck": {"port": 443}}],
)
test_alerts_reach_somebody = four_cases(
    alerts_reach_somebody.RULE,
    f"prod {ALERT} observability-uptime",
    failing=[{"notificationChannels": []}, {"notificationChannels": GONE}, {"enabled": False}],
    unknown=["notificationChannels", "enabled"],
)
test_log_retention = four_cases(
    log_retention.RULE,
    "prod gcp:logging/projectBucketConfig:ProjectBucketConfig",
    passing=[{"retentionDays": 30}],
    failing=[{"retentionDays": 29}, {"retentionDays": GONE}],
    unknown=["retentionDays"],
)
test_secrets_marked = four_cases(
    secrets_marked.RULE,
    f"prod {SECRET_TYPE} orders-secrets",
    passing=[{"stringData": {"password": SECRET}}],
    failing=[{"stringData": {"password": "abc"}}, {"data": {"password": "YWJj"}}],
    unknown=["stringData", "data"],
    not_applicable=[{"stringData": GONE}],
)
test_no_secrets_in_inputs = four_cases(
    no_secrets_in_inputs.RULE,
    stack_of(made("kubernetes:core/v1:ConfigMap", data={"uri": "mongodb://orders:$(PASSWORD)@mongodb:27017/orders"})),
    failing=[
        changed("kubernetes:core/v1:ConfigMap", {"data.uri": value})
        for value in (
            "mongodb://orders:abc@mongodb:27017/orders",
            "-----BEGIN RSA PRIVATE KEY-----\nabc",
            "AI" + "za" + "a" * 35,
            "ya" + "29." + "a" * 30,
            "AT" + "BB" + "a" * 30,
            "gh" + "p_" + "a" * 36,
            "AK" + "IA" + "A" * 16,
            "xo" + "xb-" + "1" * 12,
            "eyJ" + "a" * 12 + ".eyJ" + "a" * 12 + "." + "a" * 12,
        )
    ],
    unknown=[],
    passing=[
        changed("kubernetes:core/v1:ConfigMap", {"data.uri": value})
        for value in (SECRET, UNKNOWN, 1, "https://shop.example.com:443/a@b", "-----BEGIN CERTIFICATE-----")
    ],
)


@pytest.mark.parametrize("token", labels.LABELLED)
def test_what_is_asked_for_labels_takes_them(token: str) -> None:
    assert _takes_labels(token)


def test_all_of_the_stacks_that_takes_labels_is_asked_for_them(prod: Capture, dev: Capture) -> None:
    types = {one.type for stack in (prod, dev) for one in stack.resources if one.type.startswith("gcp:")}
    assert {token for token in types if _takes_labels(token)} <= set(labels.LABELLED)


def _takes_labels(token: str) -> bool:
    module = Path(pulumi_gcp.__file__).parent / token.split(":")[1].partition("/")[0]
    [source] = [
        text
        for text in (file.read_text(encoding="utf-8") for file in module.glob("*.py") if file.name[0] != "_")
        if f"super({token.rpartition(':')[2]}, __self__).__init__(\n" in text and f"'{token}'" in text
    ]
    return "effective_labels" in source


@pytest.mark.parametrize("stack", ["prod", "dev"])
def test_the_area_finds_nothing_wrong_with_the_stacks(stack: str, request: pytest.FixtureRequest) -> None:
    capture: Capture = request.getfixturevalue(stack)
    wrong = [
        finding
        for rule in RULES
        if rule.id.startswith("stack-")
        for finding in findings_of(rule, capture)
        if finding.status == "violated"
    ]
    assert wrong == []
