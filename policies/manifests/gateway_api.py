"""Gateway and HTTPRoute of the Gateway API: fields, enumerations and limits of its standard channel.

Source: gateway-api.sigs.k8s.io/reference/spec. Deliberately not here, and so refused: its experimental fields, and
certificates of clients and CORS, which the stacks' Gateways don't do.
"""

from collections.abc import Mapping
from typing import Any, Final

Schema = dict[str, Any]

GATEWAY_API: Final = "gateway.networking.k8s.io/v1"
_LABEL = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
_NAMES = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
_HOST = rf"^{_NAMES}$"
_HOSTS = rf"^(\*\.)?{_NAMES}$"
_GROUP = rf"^$|^{_NAMES}$"
_KIND = r"^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$"
_HEADER = r"^[A-Za-z0-9!#$%&'*+\-.^_\x60|~]+$"
_DURATION = r"^([0-9]{1,5}(h|m|s|ms)){1,4}$"


def _text(longest: int, pattern: str | None = None, shortest: int = 0) -> Schema:
    return {"type": "string", "minLength": shortest, "maxLength": longest} | ({"pattern": pattern} if pattern else {})


def _one_of(*values: str) -> Schema:
    return {"enum": list(values)}


def _list(of: Schema, most: int, least: int = 0) -> Schema:
    return {"type": "array", "items": of, "minItems": least, "maxItems": most}


def _object(*required: str, **properties: Schema) -> Schema:
    """An object; a keyword in Python is written with an underscore behind it."""
    named = {name.rstrip("_"): schema for name, schema in properties.items()}
    return {"type": "object", "properties": named, "required": list(required)}


_PORT: Final[Schema] = {"type": "integer", "minimum": 1, "maximum": 65535}
_LABELS: Final[Schema] = {"type": "object", "additionalProperties": {"type": "string"}}
_SELECTOR: Final = _object(
    matchLabels=_LABELS,
    matchExpressions=_list(
        _object(
            "key",
            "operator",
            key=_text(316),
            operator=_one_of("In", "NotIn", "Exists", "DoesNotExist"),
            values=_list(_text(63), 1024),
        ),
        1024,
    ),
)
_REFERENCE: Final[Mapping[str, Schema]] = {
    "group": _text(253, _GROUP),
    "kind": _text(63, _KIND, 1),
    "name": _text(253, shortest=1),
    "namespace": _text(63, _LABEL, 1),
}
_HEADERS: Final = _object(
    **{
        change: _list(_object("name", "value", name=_text(256, _HEADER, 1), value=_text(4096, shortest=1)), 16)
        for change in ("set", "add")
    },
    remove=_list({"type": "string"}, 16),
)
_PATH_CHANGE: Final = _object(
    "type",
    type=_one_of("ReplaceFullPath", "ReplacePrefixMatch"),
    replaceFullPath=_text(1024),
    replacePrefixMatch=_text(1024),
)
_BACKEND: Final = {**_REFERENCE, "port": _PORT}
_FRACTION: Final = _object(
    "numerator", numerator={"type": "integer", "minimum": 0}, denominator={"type": "integer", "minimum": 1}
)
_FILTER: Final = _object(
    "type",
    type=_one_of(
        "RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "RequestRedirect", "URLRewrite",
        "ExtensionRef",
    ),
    requestHeaderModifier=_HEADERS,
    responseHeaderModifier=_HEADERS,
    requestMirror=_object(
        "backendRef",
        backendRef=_object("name", **_BACKEND),
        percent={"type": "integer", "minimum": 0, "maximum": 100},
        fraction=_FRACTION,
    ),
    requestRedirect=_object(
        scheme=_one_of("http", "https"),
        hostname=_text(253, _HOST, 1),
        path=_PATH_CHANGE,
        port=_PORT,
        statusCode={"enum": [301, 302]},
    ),
    urlRewrite=_object(hostname=_text(253, _HOST, 1), path=_PATH_CHANGE),
    extensionRef=_object("group", "kind", "name", **{key: _REFERENCE[key] for key in ("group", "kind", "name")}),
)  # fmt: skip


def _value(longest: int) -> Schema:
    kinds = _one_of("Exact", "RegularExpression")
    return _object("name", "value", type=kinds, name=_text(256, _HEADER, 1), value=_text(longest, shortest=1))


_MATCH: Final = _object(
    path=_object(type=_one_of("Exact", "PathPrefix", "RegularExpression"), value=_text(1024)),
    headers=_list(_value(4096), 16),
    queryParams=_list(_value(1024), 16),
    method=_one_of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"),
)
_RULE: Final = _object(
    name=_text(253, _HOST, 1),
    matches=_list(_MATCH, 64),
    filters=_list(_FILTER, 16),
    backendRefs=_list(
        _object(
            "name",
            weight={"type": "integer", "minimum": 0, "maximum": 1_000_000},
            filters=_list(_FILTER, 16),
            **_BACKEND,
        ),
        16,
    ),
    timeouts=_object(request=_text(32, _DURATION), backendRequest=_text(32, _DURATION)),
)
_ROUTE: Final = _object(
    parentRefs=_list(_object("name", sectionName=_text(253, _HOST, 1), port=_PORT, **_REFERENCE), 32),
    hostnames=_list(_text(253, _HOSTS, 1), 16),
    rules=_list(_RULE, 16, 1),
)
_LISTENER: Final = _object(
    "name",
    "port",
    "protocol",
    name=_text(253, _HOST, 1),
    hostname=_text(253, _HOSTS, 1),
    port=_PORT,
    protocol=_text(255, shortest=1),
    tls=_object(
        mode=_one_of("Terminate", "Passthrough"),
        certificateRefs=_list(_object("name", **_REFERENCE), 64),
        options=_LABELS,
    ),
    allowedRoutes=_object(
        namespaces=_object(from_=_one_of("All", "Selector", "Same"), selector=_SELECTOR),
        kinds=_list(_object("kind", group=_REFERENCE["group"], kind=_REFERENCE["kind"]), 8),
    ),
)
_GATEWAY: Final = _object(
    "gatewayClassName",
    "listeners",
    gatewayClassName=_text(253, shortest=1),
    listeners=_list(_LISTENER, 64, 1),
    addresses=_list(_object(type=_text(253, shortest=1), value=_text(253)), 16),
    infrastructure=_object(
        labels=_LABELS,
        annotations=_LABELS,
        parametersRef=_object("group", "kind", "name", **{key: _REFERENCE[key] for key in ("group", "kind", "name")}),
    ),
)


def _kind(spec: Schema) -> Schema:
    return _object("spec", apiVersion=_text(253), kind=_text(63), metadata={"type": "object"}, spec=spec)


SCHEMAS: Final[Mapping[tuple[str, str], Schema]] = {
    (GATEWAY_API, "Gateway"): _kind(_GATEWAY),
    (GATEWAY_API, "HTTPRoute"): _kind(_ROUTE),
}
"""Version of the API and kind to the schema of what a program may write."""
