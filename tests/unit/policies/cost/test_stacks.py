"""The estimates of whole stacks: the committed ones, and the same with other settings."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra import settings_file
from infra.settings import ROOT
from policies.capture import UNKNOWN, Capture, Resource
from policies.cost import Estimate, compare, estimate
from policies.cost.amounts import NOTHING, Amount, total
from policies.cost.priced import GOOGLE
from policies.sources import program
from tests.unit.policies.cost.made import CLUSTER, POOL, cluster, costs, edited, line, pool, resource, stack

UPTIME = "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig"


def with_settings(name: str, **values: Any) -> Capture:
    """The committed stack with other settings below `gcp`, e.g. cluster={"mode": "autopilot"}."""
    where = settings_file.name_of(name)
    config = copy.deepcopy(settings_file.read(ROOT / where, where))
    gcp = config["a-tu-mano:gcp"]
    assert isinstance(gcp, dict)
    for key, value in values.items():
        gcp[key] = {**gcp[key], **value} if isinstance(value, dict) else value
    return program.capture(name, config)


@pytest.fixture(params=["dev", "prod"])
def of_a_stack(request: pytest.FixtureRequest) -> Estimate:
    return estimate(request.getfixturevalue(request.param))


def close(amount: Amount, other: Amount) -> bool:
    return all(
        getattr(amount, end) == pytest.approx(getattr(other, end), abs=1e-6) for end in ("least", "expected", "most")
    )


def test_everything_in_the_committed_stacks_has_a_price(of_a_stack: Estimate) -> None:
    assert of_a_stack.unpriced == ()


def test_every_resource_of_google_is_priced_or_free(dev: Capture, prod: Capture) -> None:
    for capture in (dev, prod):
        found = estimate(capture)
        paid = {each.resource for each in found.lines}
        google = [each for each in capture.resources if each.type.startswith(GOOGLE) and not each.read]
        assert sum(each.count for each in found.free) == sum(each.urn not in paid for each in google)


def test_sums_are_of_their_parts(of_a_stack: Estimate) -> None:
    assert close(of_a_stack.total, total([each.monthly for each in of_a_stack.lines]))
    assert close(of_a_stack.total, total([*of_a_stack.components.values()]))
    services = total([each.monthly for each in of_a_stack.services.values()])
    assert close(of_a_stack.total, services + of_a_stack.shared)


def test_a_line_is_its_quantity_at_its_price(of_a_stack: Estimate) -> None:
    for each in of_a_stack.lines:
        assert close(each.monthly, each.quantity * each.unit_price), each
        assert each.formula, each
        assert (each.monthly.expected < 0) == (each.component == "free tier") or each.monthly.expected == 0, each


def test_least_is_never_above_expected_nor_expected_above_most(of_a_stack: Estimate) -> None:
    for amount in [of_a_stack.total, *of_a_stack.components.values()]:
        assert amount.least <= amount.expected + 1e-9 <= amount.most + 2e-9


def test_services_share_the_nodes_they_run_on(prod: Capture) -> None:
    found = estimate(prod)
    assert set(found.services) == {"frontend", "auth", "products", "orders", "mongodb"}
    nodes = total(
        [each.monthly for each in found.lines if each.sku.startswith("machine:") or each.sku == "pd-balanced"]
    )
    assert close(total([each.share for each in found.services.values()]), nodes)
    bigger = edited(prod, "kubernetes:apps/v1:Deployment", "orders", {
        "spec.template.spec.containers[0].resources.requests": {"cpu": "300m", "memory": "384Mi"},
    })  # fmt: skip
    shares = {name: each.share.expected for name, each in estimate(bigger).services.items()}
    assert shares["orders"] == pytest.approx(3 * shares["auth"])
    assert shares["mongodb"] == pytest.approx(found.services["mongodb"].share.expected)


def test_a_stack_without_google_costs_nothing(local: Capture) -> None:
    found = estimate(local)
    assert (found.lines, found.unpriced, found.total, found.region) == ((), (), NOTHING, None)
    assert (found.budget, found.trial.days) == (None, None)


def test_the_free_tier_never_gives_more_than_is_used(of_a_stack: Estimate) -> None:
    for free in (each for each in of_a_stack.lines if each.component == "free tier"):
        used = total([each.monthly for each in of_a_stack.lines if each.sku == free.sku and each is not free])
        assert -free.monthly.expected <= used.expected + 1e-9


def test_what_is_free_for_an_account_can_be_left_out(dev: Capture) -> None:
    alone, beside = (estimate(dev, {"accountFreeTier": value}) for value in (1, 0))
    names = {each.what for each in alone.lines} - {each.what for each in beside.lines}
    assert {"GKE's free tier", "Cloud Build's free minutes"} <= names
    assert "Cloud Logging's free part" in {each.what for each in beside.lines}
    assert beside.total.expected == pytest.approx(alone.total.expected + 73 + 15 + 0.05 + 0.12, abs=0.01)


def test_the_credit_in_days(dev: Capture) -> None:
    found = estimate(dev)
    assert found.trial.days == pytest.approx(300 / found.total.expected * 365 / 12)
    assert (found.trial.credit, found.trial.limit) == (300, 90)


@settings(max_examples=40, deadline=None)
@given(
    least=st.integers(0, 20), span=st.integers(0, 20), more=st.integers(0, 10),
    location=st.sampled_from(["us-central1", "us-central1-b", "europe-west4"]), spot=st.booleans(),
    machine=st.sampled_from(["e2-standard-2", "n2-highmem-8", "t2d-standard-4", "c3-highcpu-22", "e2-micro"]),
)  # fmt: skip
def test_more_nodes_are_never_cheaper(
    *, least: int, span: int, more: int, location: str, spot: bool, machine: str
) -> None:
    def of(extra: int) -> Estimate:
        scaling = {"minNodeCount": least + extra, "maxNodeCount": least + span + extra}
        node = {"machineType": machine, "spot": spot}
        return costs(cluster(location=location), pool(location=location, node=node, autoscaling=scaling))

    before, after = of(0).total, of(more).total
    assert before.least <= after.least
    assert before.expected <= after.expected
    assert before.most <= after.most


@settings(max_examples=30, deadline=None)
@given(
    name=st.sampled_from([
        "requests", "logsGb", "builds", "buildMinutes", "natGb", "keyAgeDays", "headroom", "flowLogsGb", "zones",
    ]),
    value=st.floats(0, 1e6), factor=st.floats(1, 10),
)  # fmt: skip
def test_more_use_is_never_cheaper(name: str, value: float, factor: float) -> None:
    capture = SMALL
    less, more = (estimate(capture, {name: each}) for each in (value, value * factor))
    assert less.total.expected <= more.total.expected + 1e-6


SMALL = stack(
    cluster(location="us-central1", loggingConfig={"enableComponents": ["WORKLOADS"]}),
    pool(location="us-central1", autoscaling={"minNodeCount": 1, "maxNodeCount": 3}),
    resource("gcp:cloudbuild/trigger:Trigger", build={}),
    resource("gcp:compute/securityPolicy:SecurityPolicy"),
    resource("gcp:compute/routerNat:RouterNat", region="us-central1"),
    resource("gcp:kms/cryptoKey:CryptoKey", rotationPeriod="7776000s"),
    resource("gcp:compute/subnetwork:Subnetwork", region="us-central1", logConfig={}),
)


def test_autopilot_and_regional_are_priced_as_the_program_makes_them() -> None:
    autopilot = estimate(with_settings("dev", cluster={"mode": "autopilot", "regional": True, "pools": {}}))
    assert autopilot.unpriced == ()
    assert autopilot.services["auth"].own.expected > 0
    assert autopilot.services["auth"].share == NOTHING
    pods = {each.resource for each in autopilot.lines if each.sku == "autopilot-cpu"}
    assert len(pods) == 5
    zonal, regional = (
        estimate(with_settings("dev", cluster={"regional": regional})).total for regional in (False, True)
    )
    # Twice as many nodes of each pool more, and no free tier for the fee.
    assert regional.least - zonal.least > 2 * (48.92 + 29.35 + 10) + 73


@pytest.mark.parametrize("region", ["europe-west1", "europe-southwest1", "southamerica-east1"])
def test_in_another_region_what_has_no_price_there_is_named(region: str) -> None:
    found = estimate(with_settings("dev", region=region))
    assert found.region == region
    assert line(found, "Node e2-standard-2").unit_price != pytest.approx(0.06701142)
    assert [each.reason.partition(" has no price in ")[0] for each in found.unpriced] == ["Load balancer data"]


@pytest.mark.parametrize(("type_", "name", "path"), [
    (POOL, "cluster-services", "nodeConfig.machineType"), (POOL, "cluster-services", "autoscaling.maxNodeCount"),
    (POOL, "cluster-services", "nodeConfig.spot"), (POOL, "cluster-services", "nodeConfig.diskSizeGb"),
    ("gcp:kms/cryptoKey:CryptoKey", "keys-disks", "versionTemplate.protectionLevel"), (UPTIME, None, "period"),
    ("kubernetes:core/v1:PersistentVolumeClaim", None, "spec.resources.requests.storage"),
    ("gcp:artifactregistry/repository:Repository", None, "cleanupPolicies[1].mostRecentVersions.keepCount"),
    ("gcp:gkebackup/backupPlan:BackupPlan", None, "retentionPolicy.backupRetainDays"),
    ("kubernetes:gateway.networking.k8s.io/v1:Gateway", None, "spec.gatewayClassName"),
    ("gcp:compute/subnetwork:Subnetwork", None, "logConfig.flowSampling"),
    ("kubernetes:monitoring.googleapis.com/v1:PodMonitoring", None, "spec.endpoints[0].interval"),
    (CLUSTER, None, "loggingConfig.enableComponents"),
])  # fmt: skip
def test_what_is_not_known_yet_is_named_and_not_guessed(prod: Capture, type_: str, name: str | None, path: str) -> None:
    broken = edited(prod, type_, name, {path: UNKNOWN})
    found = estimate(broken)
    mine = [each for each in found.unpriced if each.type == type_]
    assert mine
    assert all(each.unknown and "is not known before it is created" in each.reason for each in mine)


def test_a_cluster_whose_mode_is_not_known_is_named_and_ends_nothing(prod: Capture) -> None:
    found = estimate(edited(prod, CLUSTER, None, {"enableAutopilot": UNKNOWN}))
    assert {each.type for each in found.unpriced} >= {CLUSTER, "kubernetes:apps/v1:Deployment"}
    assert line(found, "Cloud DNS zone")


def test_a_type_that_nothing_is_known_of_is_named() -> None:
    found = costs(resource("gcp:sql/databaseInstance:DatabaseInstance"), resource("aws:s3/bucket:Bucket"))
    assert [each.type for each in found.unpriced] == ["gcp:sql/databaseInstance:DatabaseInstance"]
    assert "add it to policies/cost" in found.unpriced[0].reason


def test_what_the_program_only_reads_is_not_paid_for_by_it() -> None:
    read = resource("gcp:dns/managedZone:ManagedZone", visibility="public")
    assert costs(Resource(urn=read.urn, type=read.type, name="zone", inputs={}, read=True)).lines == ()


def test_it_is_json_and_the_same_each_time(of_a_stack: Estimate, prod: Capture) -> None:
    assert json.loads(json.dumps(of_a_stack.to_json()))["total"] == of_a_stack.total.to_json()
    assert estimate(prod).to_json() == estimate(prod).to_json()


def test_nothing_changed_is_said_so(prod: Capture) -> None:
    change = compare(estimate(prod), estimate(prod))
    assert (change.lines, change.components, change.difference) == ((), {}, 0)
    assert change.sentence.startswith("Monthly estimate stays at $")


def test_what_changed_is_told_by_line_and_component(prod: Capture) -> None:
    pools = edited(prod, POOL, "cluster-services", {"nodeConfig.machineType": "e2-standard-4"})
    change = compare(estimate(prod), estimate(pools))
    assert change.difference == pytest.approx(3 * 48.92, abs=0.02)
    assert [(each.what, each.before, each.after) for each in change.lines] == [
        ("Node e2-standard-4", None, pytest.approx(293.51, abs=0.01)),
        ("Node e2-standard-2", pytest.approx(146.76, abs=0.01), None),
    ]
    assert list(change.components) == ["cluster"]
    assert change.sentence == f"Monthly estimate rises by $146.76 (+28 %) to ${change.after.expected:,.2f}."
    assert json.loads(json.dumps(change.to_json()))["percent"] == pytest.approx(27.98, abs=0.1)
    back = compare(estimate(pools), estimate(prod))
    assert back.sentence.startswith("Monthly estimate falls by $146.76 (-22 %)")


def test_what_costs_nothing_before_has_no_percentage(local: Capture, dev: Capture) -> None:
    change = compare(estimate(local), estimate(dev))
    assert change.percent is None
    assert "%" not in change.sentence
