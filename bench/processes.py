"""Servers of a measurement's own, and what they used of a processor."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from local.paths import REPOSITORY

START_SECONDS = 60


def free_port() -> int:
    """A TCP port nobody listens on at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(command: Sequence[str | Path], port: int, log: Path, env: Mapping[str, str] | None = None) -> Iterator[int]:
    """A server that listens on `port` of the loopback; its process id.

    Raises:
        RuntimeError: It ended or did not listen in time.
    """
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=REPOSITORY, env={**os.environ, **(env or {})}, stdout=output, stderr=output
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
            if server.poll() is not None or time.monotonic() > deadline:
                msg = f"{command[0]} did not listen on {port}:\n{log.read_text(encoding='utf-8')[-2000:]}"
                raise RuntimeError(msg)
            time.sleep(0.1)
        yield server.pid
    finally:
        server.terminate()
        server.wait()


@contextmanager
def database(home: Path) -> Iterator[str]:
    """A SecantusDB as in the stack `local`; its URI without a database."""
    port = free_port()
    (home / "secantusd.toml").touch()
    options = {"config": home / "secantusd.toml", "port": port, "storage-path": home / "data", "cache-size": "128M"}
    program = Path(sys.executable).with_name("secantusd-py")
    with running([program, *(f"--{name}={value}" for name, value in options.items())], port, home / "database.log"):
        yield f"mongodb://127.0.0.1:{port}"


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used, all threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def requests(port: int, path: str, seconds: float, connections: int = 8) -> int:
    """Ask for `path` over some connections for a while; how many answers were 200.

    Raises:
        RuntimeError: One was not.
    """
    return sum(asyncio.run(_ask(port, path, seconds, connections)))


async def _ask(port: int, path: str, seconds: float, connections: int) -> list[int]:
    until = time.monotonic() + seconds
    return await asyncio.gather(*(_connection(port, path, until) for _ in range(connections)))


async def _connection(port: int, path: str, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    answered = 0
    while time.monotonic() < until:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            msg = f"{path} answered {head.splitlines()[0].decode()}, 200 is required."
            raise RuntimeError(msg)
        await reader.readexactly(int(head.partition(b"content-length:")[2].split(None, 1)[0]))
        answered += 1
    writer.close()
    return answered
