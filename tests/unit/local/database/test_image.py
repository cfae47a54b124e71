"""The database image's program: users as the file says, and the probe, against a real server process."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from tests.conftest import free_port

IMAGE = Path("local/database/image").resolve()


class Server:
    """One run of `python -m database` on a folder of data."""

    def __init__(self, folder: Path, passwords: dict[str, str]) -> None:
        self.port = free_port()
        users = folder / "users.json"
        users.write_text(json.dumps([{"user": u, "database": u, "password": p} for u, p in passwords.items()]))
        self.environment = {
            **os.environ,
            "PORT": str(self.port),
            "USERS_FILE": str(users),
            "DATA": str(folder / "data"),
            "ADVERTISED_HOST": "localhost",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "database"], cwd=IMAGE, env=self.environment, stderr=subprocess.DEVNULL
        )

    def probe(self) -> int:
        command = [sys.executable, "-m", "database.probe"]
        return subprocess.run(command, cwd=IMAGE, env=self.environment, check=False).returncode

    def wait(self) -> None:
        deadline = time.monotonic() + 60
        while self.probe() != 0:
            assert self.process.poll() is None
            assert time.monotonic() < deadline

    def client(self, user: str, password: str) -> MongoClient[dict[str, object]]:
        uri = f"mongodb://{user}:{password}@127.0.0.1:{self.port}/{user}?replicaSet=rs0&authSource={user}"
        return MongoClient(uri, serverSelectionTimeoutMS=10_000)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=30)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("database"), {"orders": "first", "auth": "other"})
    running.wait()
    yield running
    running.stop()


def test_a_service_reads_and_writes_its_own_database(server: Server) -> None:
    with server.client("orders", "first") as client:
        client.orders.things.insert_one({"_id": 1})
        assert client.orders.things.count_documents({}) == 1


def test_a_service_may_not_read_another_s_database(server: Server) -> None:
    with server.client("orders", "first") as client, pytest.raises(OperationFailure, match="not authorized"):
        client.auth.things.find_one()


def test_a_wrong_password_is_refused(server: Server) -> None:
    with server.client("orders", "wrong") as client, pytest.raises(OperationFailure):
        client.orders.things.find_one()


def test_clients_are_told_the_advertised_name(server: Server) -> None:
    with server.client("orders", "first") as client:
        client.orders.command("ping")
        assert client.primary == ("localhost", server.port)


def test_a_new_password_counts_from_the_next_start_and_the_data_stays(tmp_path: Path) -> None:
    first = Server(tmp_path, {"orders": "old"})
    first.wait()
    with first.client("orders", "old") as client:
        client.orders.things.insert_one({"_id": 1})
    assert first.stop() == 0
    second = Server(tmp_path, {"orders": "new"})
    second.wait()
    with second.client("orders", "new") as client:
        assert client.orders.things.count_documents({}) == 1
    with second.client("orders", "old") as client, pytest.raises(OperationFailure):
        client.orders.things.find_one()
    second.stop()


def test_the_probe_fails_where_nothing_answers(server: Server) -> None:
    environment = {**server.environment, "PORT": str(free_port())}
    command = [sys.executable, "-m", "database.probe"]
    assert subprocess.run(command, cwd=IMAGE, env=environment, check=False).returncode == 1
