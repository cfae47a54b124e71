from types import SimpleNamespace
from typing import Any, cast

import pytest
from pulumi import automation

from local.cluster import engine
from local.cluster.api import Api


class Recorder:
    """An API server that is told what to delete."""

    def __init__(self) -> None:
        self.deleted: list[tuple[str, str]] = []

    def delete_all(self, path: str, selector: str) -> None:
        self.deleted.append((path, selector))


def stack(*types: str) -> automation.Stack:
    deployment: dict[str, Any] = {"resources": [{"type": name} for name in types]}
    return cast("automation.Stack", SimpleNamespace(export_stack=lambda: SimpleNamespace(deployment=deployment)))


@pytest.mark.parametrize(
    ("types", "selector"),
    [
        ((), "owner=helm,name=envoy-gateway"),
        (("kubernetes:core/v1:Namespace",), "owner=helm,name=envoy-gateway"),
        (
            ("kubernetes:helm.sh/v3:Release",),
            "owner=helm,name=envoy-gateway,status in (pending-install,pending-upgrade,pending-rollback)",
        ),
    ],
)
def test_helm_forgets_what_an_interrupted_run_began_and_nothing_that_is_installed(
    types: tuple[str, ...], selector: str
) -> None:
    """Helm refused the name for ever after an `up` was killed while it installed."""
    recorder = Recorder()
    engine._forget_interrupted_release(stack(*types), cast("Api", recorder))
    assert recorder.deleted == [("/api/v1/namespaces/envoy-gateway-system/secrets", selector)]


def test_the_engines_reasons_are_its_error_lines_each_once() -> None:
    text = "stdout:\n  error: no image\nwaiting\nerror: no image\nerror: timed out\n"
    assert engine._reasons(text) == "error: no image\nerror: timed out"


def test_without_error_lines_the_end_of_the_account_is_the_reason() -> None:
    assert engine._reasons("x" * 5000 + "signal: killed").endswith("xsignal: killed")
