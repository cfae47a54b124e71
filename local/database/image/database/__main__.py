"""Serves MongoDB's protocol from /data, with the users named in a mounted file.

Environment:
    ADVERTISED_HOST: The name that clients are told to connect to; it must outlive the pod's address.
    PORT: TCP port.
    USERS_FILE: JSON list of {"user", "database", "password"}; each gets `readWrite` on that database, which keeps it.
    DATA: Folder of the data files.
    CACHE: WiredTiger's cache, such as "128M".

The server has no exception for a first user, so users are made before it listens for others: without authentication, on
loopback; then it is started for good.
"""

import json
import logging
import os
import signal
import threading
from pathlib import Path
from types import FrameType

from pymongo import MongoClient
from secantus.server import SecantusDBServer

SET = "rs0"
LOOPBACK = "127.0.0.1"

log = logging.getLogger("database")


class Server(SecantusDBServer):  # type: ignore[misc] # the package has no types
    """A server whose `hello` names the address that clients reach; the pod's own 0.0.0.0 would lead them nowhere."""

    advertised: str | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that `hello` tells clients to connect to."""
        own, port = super().address
        return self.advertised or own, port


def main() -> None:
    """Make the users, then serve until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    users = json.loads(
        Path(os.environ.get("USERS_FILE", "/run/secrets/a-tu-mano/users.json")).read_text(encoding="utf-8")
    )
    provision(users)
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server = _server("0.0.0.0", int(os.environ.get("PORT", "27017")), require_auth=True)  # noqa: S104 - in a pod
    server.advertised = os.environ["ADVERTISED_HOST"]
    server.start()
    log.info("serving %s users at %s", len(users), server.advertised)
    stopped.wait()
    server.stop()


def provision(users: list[dict[str, str]]) -> None:
    """Bring the server's users to those of the file: created, or given the file's password."""
    server = _server(LOOPBACK, 0, require_auth=False)
    server.start()
    try:
        with MongoClient[dict[str, object]](LOOPBACK, server.port, directConnection=True) as client:
            for user in users:
                database = client[user["database"]]
                known = database.command("usersInfo", user["user"])["users"]
                database.command(
                    "updateUser" if known else "createUser",
                    user["user"],
                    pwd=user["password"],
                    roles=[{"role": "readWrite", "db": user["database"]}],
                    mechanisms=["SCRAM-SHA-256"],
                )
    finally:
        server.stop()


def _server(host: str, port: int, *, require_auth: bool) -> Server:
    return Server(
        host=host,
        port=port,
        storage_path=os.environ.get("DATA", "/data"),
        replica_set_name=SET,
        require_auth=require_auth,
        enable_test_commands=False,
        cache_size=os.environ.get("CACHE", "128M"),
    )


if __name__ == "__main__":
    main()
