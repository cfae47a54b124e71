"""Fixtures for every test: the asyncio backend, and a MongoDB-compatible server of the run's own."""

import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.support import TokenMaker

DatabaseUri = Callable[[str], str]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the services do."""
    return "asyncio"


def free_port() -> int:
    """A TCP port nobody listens on at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def mongodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URI, without a database, of a SecantusDB process that lives as long as the test session."""
    home = tmp_path_factory.mktemp("secantus")
    port = free_port()
    program = Path(sys.executable).with_name("secantusd-py")
    (home / "secantusd.toml").touch()
    with (home / "log").open("wb") as log:
        options = {"config": home / "secantusd.toml", "port": port, "storage-path": home / "data", "cache-size": "128M"}
        arguments = [f"--{name}={value}" for name, value in options.items()]
        server = subprocess.Popen([program, *arguments], stdout=log, stderr=log, preexec_fn=_die_with_the_run)  # noqa: PLW1509
    try:
        _wait_for(port, server, home / "log")
        yield f"mongodb://127.0.0.1:{port}"
    finally:
        # Nothing of it is kept, so it need not close its files; and a server that hangs cannot hold up the run.
        server.kill()
        server.wait()


def _die_with_the_run() -> None:
    # A run that is killed has no time to stop its server. Only Linux can arrange this.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"secantusd-py did not listen within 30 s:\n{log.read_text()[-2000:]}")


_serial = count(1)


@pytest.fixture
def database_uri(mongodb: str) -> DatabaseUri:
    """`database_uri("orders")`: the URI of a database nobody used before, on the replica-set path of the driver."""

    def make(name: str) -> str:
        return f"{mongodb}/{name}_{next(_serial)}?replicaSet=secantus"

    return make


@pytest.fixture(scope="session")
def tokens() -> TokenMaker:
    """Signs access tokens like the auth service; making a key once is enough."""
    return TokenMaker()
