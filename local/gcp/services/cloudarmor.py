"""Compute Engine at the edge: Cloud Armor's security policies, and TLS policies.

Not modelled: the backends of GKE's Gateway controller, so a policy that such a Gateway uses can be deleted here and not
on Google Cloud.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from local.gcp.kinds import Cloud, Kind, Properties, Resource
from local.gcp.rules import (
    COMPUTE_NAME,
    DELETION_POLICY,
    known,
    labels,
    only_with,
    settled,
    together,
    unique,
    values,
    within_quota,
    words,
)

_API: Final = "compute.googleapis.com"
_BASE: Final = "https://www.googleapis.com/compute/v1"
_DOCS: Final = "cloud.google.com/compute/docs/reference/rest/v1/"

# Cloud Armor

_LAST: Final = 2147483647
_INTERVALS: Final = (10, 30, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 2700, 3600)
_LIMITED: Final = ("throttle", "rate_based_ban")
_EXPRESSION: Final = 2048
_WAF: Final = re.compile(
    r"(sqli|xss|lfi|rfi|rce|methodenforcement|scannerdetection|protocolattack|php|sessionfixation|java|nodejs|generic)"
    r"-(v33|v422)-(stable|canary)|cve-canary|json-sqli-canary"
    r"|(sqli|xss|lfi|rfi|rce|methodenforcement|scannerdetection|protocolattack|php|sessionfixation)-(stable|canary)"
)
"""Rule sets of the firewall. Source: cloud.google.com/armor/docs/waf-rules."""


def _armor(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/armor/docs/configure-security-policies; securityPolicies resource, `rules[]`."""
    for where, rule in values(properties, "rules.*"):
        limited = rule.get("action") in _LIMITED
        options = rule.get("rateLimitOptions")
        if limited and options is None:
            yield f"{where}: action {rule.get('action')} needs rateLimitOptions."
        if options is not None and not limited:
            yield f"{where}: rateLimitOptions needs action throttle or rate_based_ban."
        if isinstance(options, Mapping):
            banned = options.get("banDurationSec") is not None or options.get("banThreshold") is not None
            if rule.get("action") == "rate_based_ban" and options.get("banDurationSec") is None:
                yield f"{where}: action rate_based_ban needs rateLimitOptions.banDurationSec."
            if rule.get("action") == "throttle" and banned:
                yield f"{where}: banDurationSec and banThreshold need action rate_based_ban."
            if options.get("exceedAction") == "redirect" and options.get("exceedRedirectOptions") is None:
                yield f"{where}: exceedAction redirect needs exceedRedirectOptions."
        if rule.get("action") == "redirect" and rule.get("redirectOptions") is None:
            yield f"{where}: action redirect needs redirectOptions."
        match = rule.get("match")
        if isinstance(match, Mapping):
            yield from _match(where, match)


def _match(where: str, match: Mapping[str, Any]) -> Iterator[str]:
    plain, expression = match.get("config"), match.get("expr")
    if (plain is None) == (expression is None):
        yield f"{where}.match: exactly one of config (with versionedExpr) and expr is required."
    if plain is not None and match.get("versionedExpr") is None:
        yield f"{where}.match: config needs versionedExpr SRC_IPS_V1."
    text = str(expression.get("expression")) if isinstance(expression, Mapping) else ""
    if len(text) > _EXPRESSION:
        yield f"{where}.match.expr has {len(text)} characters; at most {_EXPRESSION} are allowed."
    for name in re.findall(r"evaluatePreconfigured(?:Waf|Expr)\(\s*['\"]([^'\"]+)['\"]", text):
        if not _WAF.fullmatch(name):
            yield f"{where}.match.expr names the rule set {name!r}, which there is not; sqli-v33-stable is one."


def _last_rule(resource: Resource, _cloud: Cloud) -> Iterator[str]:
    """Without any rule Google adds one that allows all; with some, the last has to be there."""
    given = resource.get("rules")
    if given and not any(
        rule.get("priority") == _LAST and "*" in ((rule.get("match") or {}).get("config") or {}).get("srcIpRanges", [])
        for rule in given
    ):
        yield (
            f"Invalid value for field 'resource.rules': the default rule is missing. Add one with priority {_LAST} "
            'that matches srcIpRanges ["*"].'
        )


_LAST_RULE: Final = {
    "action": "allow",
    "priority": _LAST,
    "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}},
    "description": "default rule",
}

_KEYS: Final = words(
    "ALL IP HTTP_HEADER XFF_IP HTTP_COOKIE HTTP_PATH SNI REGION_CODE TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT USER_IP"
)

_SECURITY_POLICIES: Final = Kind(
    token="gcp:compute/securityPolicy:SecurityPolicy",
    id="projects/{project}/global/securityPolicies/{name}",
    api=_API,
    source=_DOCS + "securityPolicies",
    immutable=frozenset({"name", "project", "type"}),
    required=(
        "rules.*.rateLimitOptions.conformAction",
        "rules.*.rateLimitOptions.exceedAction",
        "rules.*.rateLimitOptions.rateLimitThreshold.count",
        "rules.*.rateLimitOptions.rateLimitThreshold.intervalSec",
        "rules.*.rateLimitOptions.banThreshold.count",
        "rules.*.rateLimitOptions.banThreshold.intervalSec",
    ),
    values={
        "name": COMPUTE_NAME,
        "description": re.compile(r"[\s\S]{0,2048}"),
        "type": words("CLOUD_ARMOR CLOUD_ARMOR_EDGE CLOUD_ARMOR_INTERNAL_SERVICE"),
        "rules.*.action": re.compile(r"allow|deny|deny\((403|404|502)\)|rate_based_ban|redirect|throttle"),
        "rules.*.priority": range(_LAST + 1),
        "rules.*.description": re.compile(r".{0,64}"),
        "rules.*.match.versionedExpr": words("SRC_IPS_V1"),
        "rules.*.rateLimitOptions.conformAction": words("allow"),
        "rules.*.rateLimitOptions.exceedAction": words("redirect deny(403) deny(404) deny(429) deny(502)"),
        "rules.*.rateLimitOptions.enforceOnKey": _KEYS | {""},
        "rules.*.rateLimitOptions.enforceOnKeyConfigs.*.enforceOnKeyType": _KEYS,
        "rules.*.rateLimitOptions.exceedRedirectOptions.type": words("EXTERNAL_302 GOOGLE_RECAPTCHA"),
        "rules.*.redirectOptions.type": words("EXTERNAL_302 GOOGLE_RECAPTCHA"),
        "advancedOptionsConfig.jsonParsing": words("DISABLED STANDARD STANDARD_WITH_GRAPHQL"),
        "advancedOptionsConfig.logLevel": words("NORMAL VERBOSE"),
        "advancedOptionsConfig.requestBodyInspectionSize": words("8KB 16KB 32KB 48KB 64KB"),
        "adaptiveProtectionConfig.layer7DdosDefenseConfig.ruleVisibility": words("STANDARD PREMIUM"),
        "deletionPolicy": DELETION_POLICY,
    },
    validations=settled(
        labels(),
        unique("rules.*.priority"),
        lambda properties: (
            f"{where} is {value}; one of {', '.join(map(str, _INTERVALS))} is required."
            for limit in ("rateLimitThreshold", "banThreshold")
            for where, value in values(properties, f"rules.*.rateLimitOptions.{limit}.intervalSec")
            if value not in _INTERVALS
        ),
        lambda properties: (
            f"{where} has {len(value)} ranges; at most 10 are allowed in a rule."
            for where, value in values(properties, "rules.*.match.config.srcIpRanges")
            if len(value) > 10  # noqa: PLR2004
        ),
        lambda properties: (
            f"{where} is empty; at least one range is required."
            for where, value in values(properties, "rules.*.match.config.srcIpRanges")
            if not value
        ),
        only_with("adaptiveProtectionConfig", "type", ("CLOUD_ARMOR", None)),
        _armor,
    ),
    rules=(_last_rule, within_quota("SECURITY_POLICIES")),
    outputs=lambda resource, _: {
        "selfLink": f"{_BASE}/{resource.id}",
        "fingerprint": resource.hexadecimal(11, "rules") + "=",
        "labelFingerprint": resource.hexadecimal(11, "labels") + "=",
        "type": resource.get("type") or "CLOUD_ARMOR",
        **({} if resource.get("rules") else {"rules": [_LAST_RULE]}),
    },
)

# TLS policies

_SSL_POLICIES: Final = Kind(
    token="gcp:compute/sSLPolicy:SSLPolicy",
    id="projects/{project}/global/sslPolicies/{name}",
    api=_API,
    source=_DOCS + "sslPolicies",
    immutable=frozenset({"description", "name", "project"}),
    values={
        "name": COMPUTE_NAME,
        "minTlsVersion": words("TLS_1_0 TLS_1_1 TLS_1_2 TLS_1_3"),
        "profile": words("COMPATIBLE MODERN RESTRICTED CUSTOM FIPS_202205"),
        "postQuantumKeyExchange": words("DEFAULT ENABLED DEFERRED"),
        "deletionPolicy": DELETION_POLICY,
    },
    validations=settled(
        together("profile", "CUSTOM", "customFeatures"),
        only_with("customFeatures", "profile", ("CUSTOM",)),
        lambda properties: (
            ["minTlsVersion TLS_1_3 needs profile RESTRICTED."]
            if known(properties, "minTlsVersion") == "TLS_1_3"
            and known(properties, "profile") not in (None, "RESTRICTED")
            else []
        ),
    ),
    defaults={"minTlsVersion": "TLS_1_0", "profile": "COMPATIBLE"},
    outputs=lambda resource, _: {
        "selfLink": f"{_BASE}/{resource.id}",
        "creationTimestamp": resource.created,
        "fingerprint": resource.hexadecimal(11, "policy") + "=",
        "enabledFeatures": ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
    },
)

KINDS: Final = (_SECURITY_POLICIES, _SSL_POLICIES)
