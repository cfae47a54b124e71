"""The settings of a rehearsal: the stack's committed file, plus what a machine without an account has to put in.

Everything else is as committed: what is overlaid here, docs/rehearsal.md lists, and it is all that a rehearsal changes.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Final

ONLY_THE_USER_KNOWS: Final[Mapping[str, Any]] = {
    "project": {"billingAccount": "0A0A0A-0B0B0B-0C0C0C", "contact": "platform@example.com"},
    "edge": {"domain": "shop.example.com"},
    "delivery": {
        "bitbucket": {
            "workspace": "example",
            "repository": "a-tu-mano",
            "workspaceUuid": "11111111-1111-4111-8111-111111111111",
            "repositoryUuid": "22222222-2222-4222-8222-222222222222",
            "environmentUuid": "33333333-3333-4333-8333-333333333333",
        }
    },
}
"""Values for the keys that are null in a committed file; keys that the user has set stay as they are."""


def rehearsed(config: Mapping[str, Any], proxy_ranges: Sequence[str] = ()) -> dict[str, Any]:
    """Keys of a stack's file, e.g. "a-tu-mano:gcp", as a rehearsal runs them; a copy.

    Args:
        config: What the file has under `config`.
        proxy_ranges: Addresses of what stands in for Google's load balancer; none leaves the committed ones.
    """
    values = completed(config)
    values["a-tu-mano:gcp"]["rehearsal"] = True
    # The images of this machine are in no registry, so the registry gave them no digests.
    values.setdefault("a-tu-mano:images", {})["tags"] = True
    # Behind the stack's own class are disks of Compute Engine; the node of this machine has folders.
    values["a-tu-mano:database"]["storageClass"] = "standard-rwo"
    if proxy_ranges:
        values["a-tu-mano:edge"]["proxyRanges"] = list(proxy_ranges)
    return values


def completed(config: Mapping[str, Any]) -> dict[str, Any]:
    """The same keys with a value for each that only the user knows; a copy."""
    values = copy.deepcopy(dict(config))
    if isinstance(gcp := values.get("a-tu-mano:gcp"), dict):
        _fill(gcp, ONLY_THE_USER_KNOWS)
    return values


def _fill(into: dict[str, Any], values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, Mapping):
            inside = into.setdefault(name, {})
            if isinstance(inside, dict):  # Another thing is a mistake, which the settings tell.
                _fill(inside, value)
        elif into.get(name) is None:
            into[name] = value
