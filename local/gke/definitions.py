"""Kinds that GKE's clusters bring along, as definitions: three policies of its Gateway controller, and PodMonitoring.

Fields, enumerations and limits are those of the API references (googlecloudplatform.github.io/gke-gateway-api,
github.com/GoogleCloudPlatform/prometheus-engine/blob/main/doc/api.md), so that what GKE would refuse is refused here.
Deliberately not here: the groups' other kinds and fields, which nothing here makes.
"""

from typing import Any, Final

GROUP: Final = "networking.gke.io"
HEALTH_CHECK_POLICY: Final = "HealthCheckPolicy"
BACKEND_POLICY: Final = "GCPBackendPolicy"
GATEWAY_POLICY: Final = "GCPGatewayPolicy"
PLURALS: Final = {
    HEALTH_CHECK_POLICY: "healthcheckpolicies",
    BACKEND_POLICY: "gcpbackendpolicies",
    GATEWAY_POLICY: "gcpgatewaypolicies",
}
"""Kinds, with their names in the API's paths."""

_HOST = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
_LABEL = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
_LATIN = r"[\x00-\xFF]+"
_URL_PATH = r"\/[A-Za-z0-9\/\-._~%!?$&'()*+,;=:]*$"

Schema = dict[str, Any]


def _integer(low: int, high: int, width: str = "int64") -> Schema:
    return {"type": "integer", "format": width, "minimum": low, "maximum": high}


def _text(longest: int | None = None, pattern: str | None = None, shortest: int | None = None) -> Schema:
    limits = {"maxLength": longest, "minLength": shortest, "pattern": pattern}
    return {"type": "string", **{name: limit for name, limit in limits.items() if limit is not None}}


def _one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def _object(properties: Schema, *required: str, rules: dict[str, str] | None = None, **more: Any) -> Schema:
    """An object; `rules` map what is said on refusal to an expression in CEL."""
    schema: Schema = {"type": "object", "properties": properties, **more}
    if required:
        schema["required"] = list(required)
    if rules:
        schema["x-kubernetes-validations"] = [{"message": message, "rule": rule} for message, rule in rules.items()]
    return schema


_SWITCH: Final[Schema] = {"type": "boolean"}
_TARGET: Final = _object(
    {
        "group": _text(253, f"^$|{_HOST}"),
        "kind": _text(63, r"^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$", 1),
        "name": _text(253, shortest=1),
        "namespace": _text(63, _LABEL, 1),
    },
    "group",
    "kind",
    "name",
)
_CONDITION: Final = _object(
    {
        "type": _text(316),
        "status": _one_of("True", "False", "Unknown"),
        "reason": _text(1024, r"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$", 1),
        "message": _text(32768),
        "lastTransitionTime": {"type": "string", "format": "date-time"},
        "observedGeneration": {"type": "integer", "format": "int64", "minimum": 0},
    },
    "type",
    "status",
    "reason",
    "message",
    "lastTransitionTime",
)
_STATUS: Final = _object(
    {
        "conditions": {
            "type": "array",
            "items": _CONDITION,
            "maxItems": 8,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["type"],
        }
    }
)


def _probe(**own: Schema) -> Schema:
    """The part of a health check that is a protocol's own, and where it is sent."""
    port = {
        "port": _integer(1, 65535),
        "portName": _text(63, r"[a-z]([-a-z0-9]*[a-z0-9])?"),
        "portSpecification": _one_of("USE_FIXED_PORT", "USE_NAMED_PORT", "USE_SERVING_PORT"),
    }
    choice = "has(self.portSpecification) && self.portSpecification =="
    rules = {
        "USE_FIXED_PORT takes port, and no portName": f"!({choice} 'USE_FIXED_PORT') || "
        "(has(self.port) && !has(self.portName))",
        "USE_NAMED_PORT takes portName, and no port": f"!({choice} 'USE_NAMED_PORT') || "
        "(!has(self.port) && has(self.portName))",
        "USE_SERVING_PORT, the default, takes neither port nor portName": "(has(self.portSpecification) && "
        "self.portSpecification != 'USE_SERVING_PORT') || (!has(self.port) && !has(self.portName))",
    }
    return _object({**own, **port}, rules=rules)


def _http() -> Schema:
    return _probe(
        host=_text(2048, _HOST),
        proxyHeader=_one_of("NONE", "PROXY_V1"),
        requestPath=_text(2048, _URL_PATH),
        response=_text(1024, _LATIN),
    )


def _health_check() -> Schema:
    probes = {
        "TCP": _probe(
            proxyHeader=_one_of("NONE", "PROXY_V1"), request=_text(1024, _LATIN), response=_text(1024, _LATIN)
        ),
        "HTTP": _http(),
        "HTTPS": _http(),
        "HTTP2": _http(),
        "GRPC": _probe(grpcServiceName=_text(1024, _LATIN)),
    }
    fields = {name: f"{name.lower()}HealthCheck" for name in probes}
    config = _object(
        {"type": _one_of(*probes), **{fields[name]: probe for name, probe in probes.items()}},
        rules={
            f"type {name} takes {field}": f"!has(self.type) || self.type != '{name}' || has(self.{field})"
            for name, field in fields.items()
        },
        # The type and the one block that belongs to it.
        minProperties=2,
        maxProperties=2,
    )
    return _object(
        {
            "checkIntervalSec": _integer(1, 300),
            "timeoutSec": _integer(1, 300),
            "healthyThreshold": _integer(1, 10),
            "unhealthyThreshold": _integer(1, 10),
            "logConfig": _object({"enabled": _SWITCH}),
            "config": config,
        },
        rules={
            "timeoutSec may not exceed checkIntervalSec; each is 5 when it is not given": "(has(self.timeoutSec) ? "
            "self.timeoutSec : 5) <= (has(self.checkIntervalSec) ? self.checkIntervalSec : 5)"
        },
    )


def _backend() -> Schema:
    affinities = ("CLIENT_IP", "CLIENT_IP_PORT_PROTO", "CLIENT_IP_PROTO", "GENERATED_COOKIE", "HEADER_FIELD")
    return _object(
        {
            "backendPreference": _one_of("DEFAULT", "PREFERRED"),
            "connectionDraining": _object({"drainingTimeoutSec": _integer(0, 3600)}),
            "iap": _object({"enabled": _SWITCH, "clientID": _text(), "oauth2ClientSecret": _object({"name": _text()})}),
            "logging": _object({"enabled": _SWITCH, "sampleRate": _integer(0, 1_000_000, "int32")}),
            "maxRatePerEndpoint": _integer(1, 1_000_000_000),
            "securityPolicy": _text(),
            "sessionAffinity": _object(
                {"type": _one_of(*affinities, "HTTP_COOKIE", "NONE"), "cookieTtlSec": _integer(0, 1_209_600)}
            ),
            "timeoutSec": _integer(1, 2_147_483_647),
        }
    )


def _gateway() -> Schema:
    return _object({"allowGlobalAccess": _SWITCH, "region": _text(), "sslPolicy": _text()})


def _definition(kind: str, default: Schema) -> dict[str, Any]:
    spec = _object({"default": default, "targetRef": _TARGET}, "targetRef")
    return _custom(kind, PLURALS[kind], GROUP, spec, {"gateway.networking.k8s.io/policy": "Direct"})


def _custom(kind: str, plural: str, group: str, spec: Schema, labels: dict[str, str] | None = None) -> dict[str, Any]:
    schema = _object(
        {
            "apiVersion": _text(),
            "kind": _text(),
            "metadata": {"type": "object"},
            "spec": spec,
            "status": _STATUS,
        },
        "spec",
    )
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}", "labels": labels or {}},
        "spec": {
            "group": group,
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
            "scope": "Namespaced",
            "versions": [version],
        },
    }


def _pod_monitoring() -> dict[str, Any]:
    """PodMonitoring of managed Prometheus: nobody collects anything here, an object is only looked at."""
    duration = _text(
        pattern=r"^((([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?|0)$"
    )
    port: Schema = {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True}
    endpoint = _object({"port": port, "path": _text(), "interval": duration, "timeout": duration}, "port", "interval")
    expression = _object(
        {"key": _text(), "operator": _text(), "values": {"type": "array", "items": _text()}}, "key", "operator"
    )
    label = _object({"from": _text(), "to": _text()}, "from")
    spec = _object(
        {
            "selector": _object(
                {
                    "matchExpressions": {"type": "array", "items": expression},
                    "matchLabels": {"type": "object", "additionalProperties": _text()},
                }
            ),
            "endpoints": {"type": "array", "items": endpoint, "minItems": 1},
            "targetLabels": _object(
                {
                    "fromPod": {"type": "array", "items": label},
                    "metadata": {"type": "array", "items": _one_of("pod", "container", "node")},
                }
            ),
        },
        "endpoints",
        "selector",
    )
    return _custom("PodMonitoring", "podmonitorings", "monitoring.googleapis.com", spec)


def definitions() -> list[dict[str, Any]]:
    """The CustomResourceDefinitions."""
    return [
        _definition(HEALTH_CHECK_POLICY, _health_check()),
        _definition(BACKEND_POLICY, _backend()),
        _definition(GATEWAY_POLICY, _gateway()),
        _pod_monitoring(),
    ]
