"""Rules of the Cloud Armor policy: what the load balancer refuses before it reaches a service.

Order is part of the meaning: a request that keeps the rate limit is let through at that rule, so the rules against
attacks come before it. All of it is in Cloud Armor's Standard tier.

Source: cloud.google.com/armor/docs/waf-rules, cloud.google.com/armor/docs/rate-limiting-overview.
"""

from typing import TYPE_CHECKING, Final

from infra.settings_gcp import CloudEdgeSettings

if TYPE_CHECKING:
    from pulumi_gcp.compute import SecurityPolicyRuleArgsDict, SecurityPolicyRuleMatchArgsDict

DEFAULT_PRIORITY: Final = 2_147_483_647
"""Priority of the rule every policy has to end with."""
_RATE_PRIORITY: Final = 2000
_WAF_PRIORITY: Final = 1000
_RULE_SETS: Final = (
    ("sqli", "SQL injection"),
    ("xss", "Cross-site scripting"),
    ("lfi", "Local file inclusion"),
    ("rfi", "Remote file inclusion"),
    ("rce", "Remote code execution"),
    ("protocolattack", "Protocol attacks"),
    ("scannerdetection", "Vulnerability scanners"),
    ("sessionfixation", "Session fixation"),
)
"""Preconfigured rule sets, in order, with what they are against.

Deliberately not among them: `methodenforcement`, which refuses PUT, PATCH and DELETE, and those for languages the shop
is not written in.
"""
_SENSITIVITY: Final = 1
"""Only signatures that hardly ever meet a request of a person; higher ones need exclusions made for the app."""


def rules(settings: CloudEdgeSettings) -> "list[SecurityPolicyRuleArgsDict]":
    """All rules of a policy, each with a priority of its own."""
    return [*_waf(settings.waf), _rate(settings.requests_per_minute), _default()]


def _waf(mode: str) -> "list[SecurityPolicyRuleArgsDict]":
    if mode == "off":
        return []
    return [
        {
            "priority": _WAF_PRIORITY + place,
            "action": "deny(403)",
            "preview": mode == "audit",
            "match": {
                "expr": {
                    "expression": f"evaluatePreconfiguredWaf('{name}-v33-stable', {{'sensitivity': {_SENSITIVITY}}})"
                }
            },
            "description": against,
        }
        for place, (name, against) in enumerate(_RULE_SETS)
    ]


def _rate(requests: int) -> "SecurityPolicyRuleArgsDict":
    return {
        "priority": _RATE_PRIORITY,
        "action": "throttle",
        "preview": False,
        "match": _everybody(),
        "rate_limit_options": {
            "conform_action": "allow",
            "exceed_action": "deny(429)",
            "enforce_on_key": "IP",
            "rate_limit_threshold": {"count": requests, "interval_sec": 60},
        },
        "description": "Requests per client address and minute",
    }


def _default() -> "SecurityPolicyRuleArgsDict":
    return {
        "priority": DEFAULT_PRIORITY,
        "action": "allow",
        "preview": False,
        "match": _everybody(),
        "description": "Everything else",
    }


def _everybody() -> "SecurityPolicyRuleMatchArgsDict":
    return {"versioned_expr": "SRC_IPS_V1", "config": {"src_ip_ranges": ["*"]}}
