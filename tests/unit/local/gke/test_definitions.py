"""The definitions of GKE's policies: what they let pass, and what not."""

from typing import Any

import pytest

from local.gke.definitions import definitions


def schema(kind: str, *names: str) -> dict[str, Any]:
    """The schema of a field below `spec.default`."""
    one = next(found for found in definitions() if found["spec"]["names"]["kind"] == kind)
    found: dict[str, Any] = one["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    for name in ("default", *names):
        found = found["properties"][name]
    return found


def test_each_kind_is_there_with_a_status_of_its_own() -> None:
    found = {one["metadata"]["name"]: one["spec"] for one in definitions()}
    assert set(found) == {
        "healthcheckpolicies.networking.gke.io",
        "gcpbackendpolicies.networking.gke.io",
        "gcpgatewaypolicies.networking.gke.io",
        "podmonitorings.monitoring.googleapis.com",
    }
    for name, spec in found.items():
        (version,) = spec["versions"]
        assert (spec["scope"], version["name"], version["subresources"]) == ("Namespaced", "v1", {"status": {}})
        fields = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
        if name.endswith("policies.networking.gke.io"):
            assert fields["properties"]["targetRef"]["required"] == ["group", "kind", "name"]
        else:
            assert fields["required"] == ["endpoints", "selector"]


@pytest.mark.parametrize(
    ("kind", "path", "limits"),
    [
        ("HealthCheckPolicy", "checkIntervalSec", (1, 300)),
        ("HealthCheckPolicy", "timeoutSec", (1, 300)),
        ("HealthCheckPolicy", "healthyThreshold", (1, 10)),
        ("HealthCheckPolicy", "unhealthyThreshold", (1, 10)),
        ("HealthCheckPolicy", "config.httpHealthCheck.port", (1, 65535)),
        ("GCPBackendPolicy", "timeoutSec", (1, 2147483647)),
        ("GCPBackendPolicy", "connectionDraining.drainingTimeoutSec", (0, 3600)),
        ("GCPBackendPolicy", "logging.sampleRate", (0, 1000000)),
        ("GCPBackendPolicy", "sessionAffinity.cookieTtlSec", (0, 1209600)),
        ("GCPBackendPolicy", "maxRatePerEndpoint", (1, 1000000000)),
    ],
)
def test_numbers_have_the_limits_of_the_reference(kind: str, path: str, limits: tuple[int, int]) -> None:
    found = schema(kind, *path.split("."))
    assert (found["type"], found["minimum"], found["maximum"]) == ("integer", *limits)


@pytest.mark.parametrize(
    ("kind", "path", "values"),
    [
        ("HealthCheckPolicy", "config.type", {"TCP", "HTTP", "HTTPS", "HTTP2", "GRPC"}),
        ("HealthCheckPolicy", "config.httpHealthCheck.proxyHeader", {"NONE", "PROXY_V1"}),
        ("HealthCheckPolicy", "config.httpHealthCheck.portSpecification",
         {"USE_FIXED_PORT", "USE_NAMED_PORT", "USE_SERVING_PORT"}),
        ("GCPBackendPolicy", "sessionAffinity.type",
         {"CLIENT_IP", "CLIENT_IP_PORT_PROTO", "CLIENT_IP_PROTO", "GENERATED_COOKIE", "HEADER_FIELD", "HTTP_COOKIE",
          "NONE"}),
    ],
)  # fmt: skip
def test_words_are_those_of_the_reference(kind: str, path: str, values: set[str]) -> None:
    assert set(schema(kind, *path.split("."))["enum"]) == values


def test_each_protocol_has_a_block_that_its_type_requires() -> None:
    config = schema("HealthCheckPolicy", "config")
    assert (config["minProperties"], config["maxProperties"]) == (2, 2)
    blocks = set(config["properties"]) - {"type"}
    assert blocks == {f"{name}HealthCheck" for name in ("tcp", "http", "https", "http2", "grpc")}
    rules = [one["rule"] for one in config["x-kubernetes-validations"]]
    assert all(any(f"has(self.{block})" in rule for rule in rules) for block in blocks)


def test_a_gateways_policy_has_the_fields_of_the_reference() -> None:
    assert set(schema("GCPGatewayPolicy")["properties"]) == {"allowGlobalAccess", "region", "sslPolicy"}
