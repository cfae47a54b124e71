"""No input has a secret in plain text."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from policies.capture import Capture, Resource, leaves
from policies.model import Rule, Severity, Violation

_LOOKS_LIKE: Final[Mapping[str, re.Pattern[str]]] = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an address with a password": re.compile(r"[a-z][a-z0-9+.-]*://[^\s/:@\"'${}<>]+:[^\s/:@\"'${}<>]+@[\w.-]+"),
    "a key of Google's APIs": re.compile(r"\bAIza[\w-]{35}\b"),
    "an access token of Google's": re.compile(r"\bya29\.[\w-]{20,}"),
    "a token of Bitbucket's": re.compile(r"\bAT(BB|CT|AT)[\w=-]{24,}"),
    "a token of GitHub's": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}"),
    "a key of AWS's": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a token of Slack's": re.compile(r"\bxox[abprs]-[\w-]{10,}"),
    "a signed token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
}


def subjects(capture: Capture) -> list[Resource]:
    """Everything."""
    return [resource for resource in capture.resources if resource.custom]


def judge_stack(capture: Capture) -> Iterator[Violation]:
    """No text that is known looks like one; what is marked as secret is not shown, and what is not known not judged."""
    for resource in subjects(capture):
        for path, value in leaves(resource.inputs):
            if not isinstance(value, str):
                continue
            for what, pattern in _LOOKS_LIKE.items():
                if pattern.search(value):
                    yield Violation(f"`{path}` has {what} in plain text; it has to be a secret.", path, resource)


RULE: Final = Rule(
    id="stack-no-secrets-in-inputs",
    title="No input has a secret in plain text",
    severity=Severity.CRITICAL,
    reason="Inputs are in the state, in previews and in logs of the engine, for whoever may read one of them.",
    fix="Read it from Secret Manager (`infra/components/cloud_secret.py`), and change it: it is in the history.",
    controls=("nsa:secrets",),
    subjects=subjects,
    judge_stack=judge_stack,
)
