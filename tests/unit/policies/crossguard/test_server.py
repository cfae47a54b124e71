"""The pack as the engine starts it: a process that says its port, answers, and ends with the engine."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty

from infra.settings import ROOT
from policies.crossguard.messages import analyzer_pb2_grpc
from policies.rules import RULES

GATE = ROOT / "policies" / "gate"


@pytest.fixture
def pack(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    # The engine starts it in the program's folder, whose modules must not be taken for others; a shell that runs the
    # engine in the background has it ignore the signal that ends it.
    command = f"trap '' INT; exec {GATE} 127.0.0.1:1"
    with subprocess.Popen(
        ["sh", "-c", command], cwd=ROOT / "infra", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def test_it_answers_and_ends_when_it_is_told_to(pack: subprocess.Popen[str]) -> None:
    assert pack.stdout is not None
    assert pack.stderr is not None
    with grpc.insecure_channel(f"127.0.0.1:{int(pack.stdout.readline())}") as channel:
        stub: Any = analyzer_pb2_grpc.AnalyzerStub(channel)
        assert len(stub.GetAnalyzerInfo(Empty()).policies) == len(RULES)
        stub.GetPluginInfo(Empty())
        stub.Cancel(Empty())
    pack.send_signal(signal.SIGINT)
    assert pack.wait(timeout=20) == 0
    assert pack.stderr.read() == ""


def test_it_ends_when_the_engine_was_killed() -> None:
    with subprocess.Popen(["sh", "-c", f"{GATE} x & echo $!; wait"], stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        started = int(engine.stdout.readline())
        assert int(engine.stdout.readline()) > 0
        engine.kill()
    for _ in range(200):
        if not Path("/proc", str(started)).exists():
            return
        time.sleep(0.1)
    os.kill(started, signal.SIGKILL)
    pytest.fail("the pack outlives the engine")


def test_it_loads_neither_the_sdks_nor_the_program() -> None:
    """Each preview would wait for that."""
    code = (
        "import sys, policies.crossguard.server; loaded = {name.partition('.')[0] for name in sys.modules}; "
        "print(loaded & {'pulumi', 'pulumi_gcp', 'infra', 'yaml', 'pydantic'})"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
