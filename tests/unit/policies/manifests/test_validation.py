"""Manifests are validated for each version of Kubernetes, strictly, and without what is not known yet."""

from typing import Any

import pytest

from policies import manifests
from policies.capture import SECRET, UNKNOWN, Capture, Resource
from policies.manifests import schemas, versions
from policies.manifests.manifest import manifest
from policies.manifests.validation import CHECK, validate
from policies.model import Finding, Status
from tests.unit.policies.rules.cases import GONE, edited, made, resource_of, stack_of

AUTH = "kubernetes:apps/v1:Deployment auth"
ROUTE = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute auth-route"
GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway gateway"
HEALTH = "kubernetes:networking.gke.io/v1:HealthCheckPolicy auth-health"
BACKEND = "kubernetes:networking.gke.io/v1:GCPBackendPolicy auth-backend"
MONITORING = "kubernetes:monitoring.googleapis.com/v1:PodMonitoring metrics"
FIRST = "spec.template.spec.containers[0]"
MINORS = (34, 36, 37)


def judged(resource: Resource, minors: tuple[int, ...] = MINORS) -> list[Finding]:
    return validate(manifest(resource), minors)


@pytest.mark.parametrize(
    ("named", "change", "path"),
    [
        (AUTH, {"spec.replicas": "three"}, "spec.replicas"),
        (AUTH, {"spec.template.spec.hostNetworks": True}, "spec.template.spec"),
        (AUTH, {f"{FIRST}.name": GONE}, FIRST),
        (AUTH, {f"{FIRST}.ports[0].containerPort": "http"}, f"{FIRST}.ports[0].containerPort"),
        (AUTH, {"spec.selector": GONE}, "spec"),
        (AUTH, {"metadata.label": {}}, "metadata"),
        (ROUTE, {"metadata.label": {}}, "metadata"),
        (ROUTE, {"spec.rules[0].matches[0].path.type": "Prefix"}, "spec.rules[0].matches[0].path.type"),
        (ROUTE, {"spec.rules[0].backendRefs[0].port": 0}, "spec.rules[0].backendRefs[0].port"),
        (ROUTE, {"spec.rules[0].retry": {"attempts": 3}}, "spec.rules[0]"),
        (ROUTE, {"spec.hostnames[0]": "Shop.example.com"}, "spec.hostnames[0]"),
        (GATEWAY, {"spec.listeners": []}, "spec.listeners"),
        (GATEWAY, {"spec.listeners[0].protocol": GONE}, "spec.listeners[0]"),
        (GATEWAY, {"spec.listeners[0].allowedRoutes.namespaces.from": "Some"},
         "spec.listeners[0].allowedRoutes.namespaces.from"),
        (HEALTH, {"spec.default.timeout": 3}, "spec.default"),
        (HEALTH, {"spec.default.config.httpHealthCheck.port": 70000}, "spec.default.config.httpHealthCheck.port"),
        (BACKEND, {"spec.default.timeoutSec": 0}, "spec.default.timeoutSec"),
        (MONITORING, {"spec.endpoints[0].interval": "a minute"}, "spec.endpoints[0].interval"),
    ],
)  # fmt: skip
def test_what_the_api_has_not_is_found_where_it_is(
    prod: Capture, named: str, change: dict[str, Any], path: str
) -> None:
    sound = resource_of(prod, named)
    assert [finding.status for finding in judged(sound)] == [Status.COMPLIANT]
    [finding] = judged(edited(sound, change))
    assert (finding.status, finding.property_path) == (Status.VIOLATED, path)
    assert finding.message.startswith(f"`{path}`: ")
    assert finding.message.endswith("(Kubernetes 1.34 to 1.37).")


def test_all_that_is_wrong_is_found(prod: Capture) -> None:
    broken = edited(resource_of(prod, AUTH), {"spec.replicas": "three", f"{FIRST}.image": 1})
    assert {finding.property_path for finding in judged(broken)} == {"spec.replicas", f"{FIRST}.image"}


def test_a_field_of_a_later_version_is_named_with_the_versions_that_lack_it(prod: Capture) -> None:
    """`fileKeyRef` came with 1.34."""
    value = {"name": "KEY", "valueFrom": {"fileKeyRef": {"path": "f", "key": "k", "volumeName": "tmp"}}}
    newer = edited(resource_of(prod, AUTH), {f"{FIRST}.env[0]": value})
    assert [finding.status for finding in judged(newer)] == [Status.COMPLIANT]
    [finding] = judged(newer, (32, 33, 34))
    assert finding.message.endswith("(Kubernetes 1.32 to 1.33).")


def test_a_kind_kubernetes_does_not_have_is_wrong() -> None:
    removed = made("kubernetes:policy/v1beta1:PodSecurityPolicy", metadata={"name": "old"})
    [finding] = judged(removed)
    assert finding.status is Status.VIOLATED
    assert finding.message == "Kubernetes 1.34 to 1.37 has no PodSecurityPolicy of policy/v1beta1."


def test_a_kind_nobody_here_has_a_schema_of_is_not_evaluated() -> None:
    [finding] = judged(made("kubernetes:example.com/v1:Thing", metadata={"name": "thing"}))
    assert finding.status is Status.NOT_EVALUATED
    assert finding.message == "There is no schema of Thing of example.com/v1 here."


def test_what_is_not_known_is_left_out_and_named(prod: Capture) -> None:
    volumes = manifest(resource_of(prod, "kubernetes:storage.k8s.io/v1:StorageClass volumes"))
    assert volumes.left_out == ("parameters.disk-encryption-kms-key",)
    assert "disk-encryption-kms-key" not in volumes.body["parameters"]
    assert [finding.status for finding in validate(volumes, MINORS)] == [Status.COMPLIANT]


@pytest.mark.parametrize(
    "hidden",
    ["spec.selector", f"{FIRST}.name", "spec.template", f"{FIRST}.env[0].name", "spec.template.spec.containers"],
)
def test_where_only_the_unknown_is_missing_nothing_is_said(prod: Capture, hidden: str) -> None:
    [finding] = judged(edited(resource_of(prod, AUTH), {hidden: UNKNOWN}))
    assert finding.status is Status.NOT_EVALUATED
    assert finding.property_path == hidden


def test_what_is_wrong_beside_the_unknown_is_wrong(prod: Capture) -> None:
    broken = edited(resource_of(prod, AUTH), {"spec.selector": UNKNOWN, "spec.replicas": "three"})
    assert [finding.property_path for finding in judged(broken)] == ["spec.replicas"]


def test_a_list_too_short_without_the_unknown_is_not_evaluated(prod: Capture) -> None:
    hidden = edited(resource_of(prod, GATEWAY), {"spec.listeners": [UNKNOWN]})
    assert [finding.status for finding in judged(hidden)] == [Status.NOT_EVALUATED]


def test_secrets_are_left_out_too() -> None:
    secret = manifest(made("kubernetes:core/v1:Secret", metadata={"name": "s"}, stringData=SECRET))
    assert secret.left_out == ("stringData",)
    assert secret.body == {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}


def test_the_versions_of_a_stack_on_gke_follow_its_channel(prod: Capture) -> None:
    cluster = resource_of(prod, versions.CLUSTER)
    newest = versions.known()[-1]

    def of(channel: object) -> tuple[int, ...]:
        return versions.of(stack_of(edited(cluster, {"releaseChannel.channel": channel})))

    assert of("STABLE") == tuple(range(33, newest + 1))
    assert of("EXTENDED") == tuple(range(30, newest + 1))
    assert of(UNKNOWN) == of("EXTENDED"), "of a channel that is not known yet, all there may be"
    assert of("UNSPECIFIED") == of("EXTENDED")


def test_a_stack_without_gke_runs_the_project_s_own_version(local: Capture) -> None:
    assert versions.of(local) == (versions.local(),)
    assert versions.local() in versions.known()
    assert (versions.shown((33, 34, 37)), versions.shown((36,))) == ("1.33 to 1.37", "1.36")


def test_which_apis_are_kubernetes_own() -> None:
    apis = ["v1", "apps/v1", "networking.k8s.io/v1", "gateway.networking.k8s.io/v1", "networking.gke.io/v1"]
    assert [api for api in apis if schemas.is_built_in(api)] == apis[:3]


def test_objects_of_known_fields_are_closed_and_maps_stay_open() -> None:
    closed = schemas.strict(
        {"type": "object", "properties": {"a": {"type": "object", "additionalProperties": {"type": "string"}}}}
    )
    assert closed["additionalProperties"] is False
    assert closed["properties"]["a"]["additionalProperties"] == {"type": "string"}


@pytest.mark.parametrize("stack", ["prod", "dev", "local"])
def test_the_committed_stacks_are_all_judged(request: pytest.FixtureRequest, stack: str) -> None:
    capture: Capture = request.getfixturevalue(stack)
    made_in_cluster = [one for one in capture.resources if one.type.startswith("kubernetes:") and not one.read]
    verdicts = manifests.judge(capture)
    assert {finding.status for finding in verdicts.findings} == {Status.COMPLIANT, Status.NOT_APPLICABLE}
    judged_urns = [finding.resource for finding in verdicts.findings if finding.check == CHECK.id]
    assert sorted(judged_urns) == sorted(one.urn for one in made_in_cluster)
    assert verdicts.facts["manifests"] == len(made_in_cluster)
    assert {finding.check for finding in verdicts.findings} == {check.id for check in verdicts.checks}


def test_a_stack_without_a_cluster_has_nothing_to_judge() -> None:
    verdicts = manifests.judge(stack_of(made("gcp:storage/bucket:Bucket")))
    assert {finding.status for finding in verdicts.findings} == {Status.NOT_APPLICABLE}
