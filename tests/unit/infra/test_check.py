"""The check before the engine: the same sentences, an exit status, nothing else."""

import os
import subprocess
import sys

import pytest

from infra.check import main
from infra.settings import ROOT


def test_a_good_stack_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["local", "--settings-only"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_stack_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere", "--settings-only"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("stacks/Pulumi.nowhere.yaml: the file is not there, a stack out of ")
    assert len(err.splitlines()) == 1


def test_images_and_kubeconfig_are_asked_for_unless_told_otherwise(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("A_TU_MANO_IMAGES", raising=False)
    monkeypatch.delenv("KUBECONFIG", raising=False)
    assert main(["local"]) == 1
    subjects = [line.split(" ")[1] for line in capsys.readouterr().err.splitlines()]
    assert subjects == ["a-tu-mano:images.source", "KUBECONFIG"]


def test_the_check_does_not_wait_for_the_sdk() -> None:
    """`make` runs it before anything else; loading Pulumi would take longer than the check."""
    program = "import sys, infra.check; infra.check.main(['local', '--settings-only']); print('pulumi' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
