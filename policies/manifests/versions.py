"""Which versions of Kubernetes a stack may run: the one place that says so."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from infra.settings import ROOT
from policies.capture import UNKNOWN, Capture

CLUSTER: Final = "gcp:container/cluster:Cluster"
OLDEST: Final[Mapping[str, int]] = {"RAPID": 33, "REGULAR": 33, "STABLE": 33, "EXTENDED": 30}
"""Oldest minor version that a cluster of a release channel of GKE may have.

Source: "Current versions" of cloud.google.com/kubernetes-engine/docs/release-notes, as of June 2026. There is no
newest: GKE upgrades a cluster by itself, so it is judged by all versions there are schemas of.
"""
_TOOLCHAIN: Final = ROOT / "local" / "toolchain" / "go.mod"


@cache
def known() -> tuple[int, ...]:
    """Minor versions there are schemas of, oldest first. Source: the package kubernetes-validate."""
    folder = files("kubernetes_validate").joinpath("kubernetes-json-schema")
    found = (re.fullmatch(r"v1\.(\d+)\.\d+-local-strict", entry.name) for entry in folder.iterdir())
    return tuple(sorted(int(match[1]) for match in found if match))


@cache
def local() -> int:
    """Minor version of the project's own cluster, which is built from source."""
    found = re.search(r"^\tk8s\.io/kubernetes v1\.(\d+)\.", _TOOLCHAIN.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None  # noqa: S101 - the toolchain builds it
    return int(found[1])


def of(capture: Capture) -> tuple[int, ...]:
    """Minor versions the stack may run, oldest first, e.g. (33, 34, 35, 36, 37)."""
    clusters = capture.of(CLUSTER)
    if not clusters:
        return (local(),)
    channels = {cluster.raw("releaseChannel.channel") for cluster in clusters}
    named = {channel for channel in channels if channel is not UNKNOWN and channel in OLDEST}
    oldest = min(OLDEST[channel] for channel in (named if named == channels else OLDEST))
    return tuple(minor for minor in known() if minor >= oldest)


def shown(minors: tuple[int, ...]) -> str:
    """As messages show versions, e.g. "1.33 to 1.37"."""
    return f"1.{minors[0]}" if len(minors) == 1 else f"1.{minors[0]} to 1.{minors[-1]}"
