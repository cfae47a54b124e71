"""The state of the emulated cloud: one SQLite file in the folder that A_TU_MANO_GCP names, shared by all who use it.

Every call of a provider is one transaction: what is checked still holds when it is written, two calls at once are
right, and a process killed at any point leaves the state of before or after. A machine that loses power may lose the
last calls.

What is in it is what Google would know: values are not encrypted, so the folder is private to its user.
"""

import fcntl
import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from local.gcp.kinds import (
    ACCOUNT,
    BILLING_ACCOUNT,
    FOLDER,
    ORGANIZATION,
    PROJECT,
    SERVICE,
    Kind,
    LocalCluster,
    Refused,
    Resource,
    look,
)
from local.gcp.tables import tables
from local.paths import private

FOLDER_VARIABLE: Final = "A_TU_MANO_GCP"
CLUSTER_VARIABLE: Final = "A_TU_MANO_GCP_CLUSTER"

_IDENTITY: Final = "gcp:projects/serviceIdentity:ServiceIdentity"
_AGENT: Final = "cloud:agent"
_PREFIXES: Final = {BILLING_ACCOUNT: "billingAccounts", ORGANIZATION: "organizations", FOLDER: "folders"}
_HOST: Final = re.compile(r"(?:https?:)?//[^/]+/(?:(?:\w+/)?(?:v\d\w*|beta)/)?")

# Source: cloud.google.com/service-usage/docs/enabled-service#default, August 2026.
_ALWAYS_ENABLED: Final = frozenset(
    f"{name}.googleapis.com"
    for name in (
        "bigquery",
        "bigquerystorage",
        "cloudapis",
        "cloudtrace",
        "datastore",
        "logging",
        "monitoring",
        "servicemanagement",
        "serviceusage",
        "sql-component",
        "storage",
        "storage-api",
        "storage-component",
    )
)

# What a new project with a paid account gets; a trial gets less. Source: console's quota page of a new project.
_QUOTAS: Final = {
    "CPUS": 24.0,
    "PREEMPTIBLE_CPUS": 0.0,
    "IN_USE_ADDRESSES": 8.0,
    "STATIC_ADDRESSES": 8.0,
    "SSD_TOTAL_GB": 500.0,
    "DISKS_TOTAL_GB": 4096.0,
    "NETWORKS": 5.0,
}
_UNLIMITED: Final = 1e9
NOT_FOUND: Final = 404
NAMES, HOLDS, INSIDE = 0, 1, 2
"""How a resource refers to another: nothing follows, the other cannot be deleted, this goes with the other."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS resources (
    key TEXT PRIMARY KEY, token TEXT NOT NULL, id TEXT NOT NULL, project TEXT NOT NULL, urn TEXT NOT NULL,
    owner TEXT NOT NULL, deleted INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_token ON resources (token, project);
CREATE TABLE IF NOT EXISTS names (name TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (name, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_key ON names (key);
CREATE TABLE IF NOT EXISTS uses (
    source TEXT NOT NULL, target TEXT NOT NULL, how INTEGER NOT NULL, PRIMARY KEY (source, target)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_target ON uses (target);
CREATE TABLE IF NOT EXISTS quotas (
    project TEXT NOT NULL, region TEXT NOT NULL, metric TEXT NOT NULL, amount REAL NOT NULL,
    PRIMARY KEY (project, region, metric)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS faults (
    number INTEGER PRIMARY KEY, what TEXT NOT NULL, call TEXT NOT NULL, nth INTEGER NOT NULL, times INTEGER NOT NULL,
    moment TEXT NOT NULL, action TEXT NOT NULL, status INTEGER NOT NULL, message TEXT NOT NULL,
    seen INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS latencies (what TEXT PRIMARY KEY, seconds REAL NOT NULL) WITHOUT ROWID;
"""


class NoCloud(Exception):
    """There is no emulated cloud to work on; the message is a sentence for the user."""


def key_of(token: str, id_: str) -> str:
    """What a resource is called inside the cloud."""
    return f"{token} {id_}"


def now() -> str:
    """The time as Google writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """The file, and transactions on it."""

    def __init__(self, folder: Path) -> None:
        private(folder)
        file = folder / "cloud.sqlite"
        self.connection = sqlite3.connect(file, timeout=120, isolation_level=None, check_same_thread=False)
        file.chmod(0o600)
        # SQLite does not wait for others while it changes how it writes; the first ones would refuse each other.
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # What a killed process wrote is kept by the kernel; waiting for the disk at each call would only be slow.
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=OFF")
            if not self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'latencies'").fetchone():
                self.connection.executescript(f"BEGIN IMMEDIATE;{_TABLES}COMMIT;")

    @staticmethod
    def from_environment() -> "Store":
        """The cloud of this process.

        Raises:
            NoCloud: A_TU_MANO_GCP is not set.
        """
        folder = os.environ.get(FOLDER_VARIABLE)
        if not folder:
            message = (
                f"{FOLDER_VARIABLE} is not set; it must name the folder that holds the emulated cloud. "
                "`make rehearse` sets it."
            )
            raise NoCloud(message)
        return Store(Path(folder))

    @contextmanager
    def transaction(self) -> Iterator["World"]:
        """The world as of now; what is done to it is done at the end, or not at all if an exception is raised."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield World(self.connection)
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


class World:
    """The cloud within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # What tables may ask (see kinds.Cloud).

    def find(self, tokens: Iterable[str], name: str, near: Resource | None = None) -> Resource | None:
        """The resource of one of these types that `name` names."""
        wanted = frozenset(tokens)
        found = [one for one in self._named(name, near.project if near else "") if one.token in wanted]
        if near is not None and len(found) > 1:
            places = {near.inputs.get(place) for place in ("location", "region", "zone")} - {None}
            found.sort(key=lambda one: not places & {one.inputs.get(place) for place in ("location", "region", "zone")})
        return found[0] if found else None

    def _named(self, name: str, project: str) -> list[Resource]:
        full = _normal(name)
        names = [full, f"{project}|{full}"] if project else [full]
        if number := re.match(r"projects/(\d+)(/|$)", full):
            owner = self._by_names([number[1]], (PROJECT,))
            names += [f"projects/{one.id}{full[number.end(1) :]}" for one in owner]
            names += [f"projects/{look(one.inputs, 'projectId')}{full[number.end(1) :]}" for one in owner]
        return self._by_names(names)

    def _by_names(self, names: list[str], tokens: tuple[str, ...] = ()) -> list[Resource]:
        marks = ",".join("?" * len(names))
        rows = self._connection.execute(
            "SELECT body FROM resources WHERE deleted = 0 AND key IN "  # noqa: S608 - marks, no values
            f"(SELECT key FROM names WHERE name IN ({marks}))",
            names,
        )
        found = [_read(row[0]) for row in rows]
        return [one for one in found if not tokens or one.token in tokens]

    def all(self, token: str, project: str = "") -> list[Resource]:
        """Every resource of this type, of one project or of all."""
        rows = self._connection.execute(
            "SELECT body FROM resources WHERE token = ? AND deleted = 0 AND (? = '' OR project = ?) ORDER BY id",
            (token, project, project),
        )
        return [_read(row[0]) for row in rows]

    def project(self, named: str) -> Resource:
        """The project of this id or number.

        Raises:
            Refused: There is none.
        """
        found = self.find((PROJECT,), named) if named else None
        if found is None:
            message = f"The project '{named}' was not found or was deleted, or you may not see it., notFound"
            raise Refused(NOT_FOUND, message)
        return found

    def project_number(self, project: str) -> str:
        """The number of a project that exists."""
        return str(self.project(project).outputs["number"])

    def enabled(self, project: str, api: str) -> bool:
        """Is this API enabled in this project?"""
        return api in _ALWAYS_ENABLED or self.get(key_of(SERVICE, f"{project}/{api}")) is not None

    def account(self, email: str) -> bool:
        """Does this service account or service agent exist?"""
        known = email.endswith("@system.gserviceaccount.com")  # Google's own, of no project.
        return known or self.find((ACCOUNT, _AGENT), email) is not None or self._agent(email)

    def _agent(self, email: str) -> bool:
        for agent in tables().agents:
            pattern = re.escape(agent.email).replace(r"\{number\}", r"(?P<number>\d+)")
            found = re.fullmatch(pattern.replace(r"\{project\}", r"(?P<project>[a-z0-9-]+)"), email)
            if found is None:
                continue
            named = found.groupdict()
            project = self.find((PROJECT,), named.get("number") or named.get("project") or "")
            if project is None or not self.enabled(project.project, agent.api):
                continue
            if agent.on == "enable" or self._asked_for(project.project, agent.api):
                return True
            if agent.on != "identity" and self._ever_made(project.project, agent.on):
                return True
        return False

    def _asked_for(self, project: str, api: str) -> bool:
        return any(one.inputs.get("service") == api for one in self.all(_IDENTITY, project))

    def _ever_made(self, project: str, token: str) -> bool:
        rows = self._connection.execute("SELECT 1 FROM resources WHERE token = ? AND project = ?", (token, project))
        return rows.fetchone() is not None

    def local_cluster(self) -> LocalCluster:
        """The cluster that stands in for GKE."""
        return local_cluster()

    def quota(self, project: str, region: str, metric: str) -> float:
        """The limit of a quota in a region."""
        row = self._connection.execute(
            "SELECT amount FROM quotas WHERE project IN (?, '') AND region IN (?, '') AND metric = ? "
            "ORDER BY project DESC, region DESC LIMIT 1",
            (project, region, metric),
        ).fetchone()
        return float(row[0]) if row else _QUOTAS.get(metric, _UNLIMITED)

    # What the engine does.

    def get(self, key: str, *, deleted: bool = False) -> Resource | None:
        """The resource of this key; with `deleted`, also one of which Google only keeps the name."""
        row = self._connection.execute("SELECT body, deleted FROM resources WHERE key = ?", (key,)).fetchone()
        if row is None or (row[1] and not deleted):
            return None
        return replace(_read(row[0]), deleted=bool(row[1]))

    def urn(self, key: str) -> str:
        """The engine's name of what it made; empty for what it did not make."""
        row = self._connection.execute("SELECT urn FROM resources WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def every(self) -> list[tuple[Resource, str]]:
        """Every resource, also those of which only the name is kept, and its URN."""
        rows = self._connection.execute("SELECT body, deleted, urn FROM resources ORDER BY project, token, id")
        return [(replace(_read(row[0]), deleted=bool(row[1])), str(row[2])) for row in rows]

    def put(self, resource: Resource, kind: Kind | None, urn: str = "") -> None:
        """Write a resource, and by which names others find it."""
        key = key_of(resource.token, resource.id)
        body = {name: getattr(resource, name) for name in _STORED}
        self._connection.execute(
            "INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
            (key, resource.token, resource.id, resource.project, urn, resource.owner, json.dumps(body)),
        )
        self._connection.execute("DELETE FROM names WHERE key = ?", (key,))
        names = {(name, key) for name in _names(resource, kind)}
        self._connection.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", names)

    def note(self, token: str, id_: str, project: str = "") -> None:
        """Put something into the world that no program makes: a billing account, an organization, an agent."""
        self.put(Resource(token=token, id=id_, project=project, inputs={}, created=now()), None)

    def note_agent(self, email: str, project: str) -> None:
        """A service agent that somebody asked for."""
        self.note(_AGENT, email, project)

    def use(self, source: str, targets: Iterable[tuple[str, int]]) -> None:
        """Write what a resource refers to, and how."""
        self._connection.execute("DELETE FROM uses WHERE source = ?", (source,))
        rows = [(source, target, how) for target, how in targets]
        self._connection.executemany("INSERT OR REPLACE INTO uses VALUES (?, ?, ?)", rows)

    def users(self, target: str, how: int) -> list[Resource]:
        """What refers to a resource in one way."""
        rows = self._connection.execute(
            "SELECT body FROM resources JOIN uses ON key = source "
            "WHERE target = ? AND how = ? AND deleted = 0 ORDER BY key",
            (target, how),
        )
        return [_read(row[0]) for row in rows]

    def remove(self, key: str, *, keep_name: bool = False) -> None:
        """Take a resource, what Google made along with it and what is inside of it out of the world.

        Its name may stay taken.
        """
        parts = self._connection.execute(
            "SELECT key FROM resources WHERE owner = ? UNION SELECT source FROM uses WHERE target = ? AND how = ?",
            (key, key, INSIDE),
        ).fetchall()
        self._connection.execute("DELETE FROM names WHERE key = ?", (key,))
        self._connection.execute("DELETE FROM uses WHERE source = ?", (key,))
        if keep_name:
            self._connection.execute("UPDATE resources SET deleted = 1, urn = '' WHERE key = ?", (key,))
        else:
            self._connection.execute("DELETE FROM resources WHERE key = ?", (key,))
        for (part,) in parts:
            self.remove(part)

    def empty_project(self, project: str, but: str) -> None:
        """Everything in a project goes with it."""
        rows = self._connection.execute("SELECT key FROM resources WHERE project = ? AND key != ?", (project, but))
        for (key,) in rows.fetchall():
            self.remove(key)

    def let_go(self, key: str) -> None:
        """The engine forgets a resource that stays in the cloud."""
        self._connection.execute("UPDATE resources SET urn = '' WHERE key = ?", (key,))

    def next(self, name: str) -> int:
        """One more than this counter was, which begins with 1."""
        self._connection.execute(
            "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", (name,)
        )
        row = self._connection.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()
        return int(row[0])

    def set_quota(self, project: str, region: str, metric: str, amount: float) -> None:
        """Set the limit of a quota; an empty project or region means all."""
        self._connection.execute("INSERT OR REPLACE INTO quotas VALUES (?, ?, ?, ?)", (project, region, metric, amount))


_STORED: Final = ("token", "id", "project", "inputs", "outputs", "incarnation", "created", "owner")


def _read(body: str) -> Resource:
    return Resource(**json.loads(body))


def _normal(name: str) -> str:
    return _HOST.sub("", name.removeprefix("serviceAccount:"), count=1).strip("/")


def _names(resource: Resource, kind: Kind | None) -> Iterator[str]:
    yield _normal(resource.id)
    if resource.token in _PREFIXES:
        yield f"{_PREFIXES[resource.token]}/{resource.id}"
    if resource.token == PROJECT:
        for name in (resource.project, resource.outputs.get("number")):
            yield str(name)
            yield f"projects/{name}"
    for output in kind.names if kind else ():
        value: Any = look(resource.outputs, output)
        if isinstance(value, str) and value:
            short = _normal(value)
            yield short if "/" in short or "@" in short or not resource.project else f"{resource.project}|{short}"


def local_cluster() -> LocalCluster:
    """The cluster of the kubeconfig that A_TU_MANO_GCP_CLUSTER names; a made-up one if that is not set.

    Raises:
        Refused: There is no such file, or it names no cluster.
    """
    file = os.environ.get(CLUSTER_VARIABLE)
    if not file:
        return LocalCluster(endpoint="203.0.113.10", ca="RU1VTEFURUQ=", host="gke-emulated.gke.goog")
    try:
        config = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
        cluster = config["clusters"][0]["cluster"]
        server = urlsplit(cluster["server"]).netloc
        return LocalCluster(endpoint=server, ca=cluster.get("certificate-authority-data", ""), host=server)
    except (OSError, TypeError, KeyError, IndexError, yaml.YAMLError) as error:
        message = (
            f"{CLUSTER_VARIABLE} names {file}, which is not a kubeconfig with a cluster; "
            "the cluster that stands in for GKE is required. Start it first."
        )
        raise Refused(500, message) from error
