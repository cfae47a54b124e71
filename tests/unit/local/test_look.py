"""What `make status` says of a pod."""

import pytest

from local.look import _state, main

RUNNING = {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}]}


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}, "Ready"),
        (RUNNING, "Running"),
        ({"phase": "Pending"}, "Pending"),
        (
            {**RUNNING, "containerStatuses": [{"state": {"waiting": {"reason": "CrashLoopBackOff"}}}]},
            "CrashLoopBackOff",
        ),
        ({**RUNNING, "containerStatuses": [{"state": {"running": {}}}]}, "Running"),
    ],
)
def test_a_pod_that_is_not_ready_is_told_by_its_reason(status: dict[str, object], shown: str) -> None:
    assert _state(status) == shown


def test_logs_of_no_service_tell_how_to_ask(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["logs", ""]) == 2
    assert capsys.readouterr().out == "Usage: make status, or make logs SERVICE=NAME.\n"
