"""What goes wrong on purpose, and how long things take: set by commands, kept in the cloud's file, met by its provider.

A fault meets the `nth` of the calls it is about, and the `times - 1` after it. Before: nothing has happened in the
cloud. After: it has, but the engine never hears of it.
"""

import os
import re
import signal
import sqlite3
from dataclasses import dataclass, fields
from typing import Final

from local.gcp.kinds import Refused

CALLS: Final = ("create", "update", "delete", "read", "any")
MOMENTS: Final = ("before", "after")
ACTIONS: Final = ("fail", "die", "kill-engine")
"""Refuse the call; end the provider's process by SIGKILL; end the engine's, too."""
ALL: Final = "*"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing to go wrong."""

    what: str = ALL
    """A type's token, a resource's id, its logical name, or `*`; parts of them match with `*`, too."""
    call: str = "any"
    nth: int = 1
    times: int = 1
    """How many calls from the nth on; 0: all."""
    moment: str = "before"
    action: str = "fail"
    status: int = 503
    message: str = "The service is currently unavailable., backendError"


_FIELDS: Final = tuple(field.name for field in fields(Fault))
_COLUMNS: Final = ", ".join(_FIELDS)


def add(connection: sqlite3.Connection, fault: Fault) -> None:
    """Let something go wrong from now on."""
    marks = ", ".join("?" * len(_FIELDS))
    values = [getattr(fault, name) for name in _FIELDS]
    connection.execute(f"INSERT INTO faults ({_COLUMNS}, seen) VALUES ({marks}, 0)", values)  # noqa: S608 - names


def clear(connection: sqlite3.Connection) -> None:
    """Nothing goes wrong, and nothing takes time, from now on."""
    connection.execute("DELETE FROM faults")
    connection.execute("DELETE FROM latencies")


def set_latency(connection: sqlite3.Connection, what: str, seconds: float) -> None:
    """How long a change of some resources takes; 0: no time."""
    connection.execute("INSERT OR REPLACE INTO latencies VALUES (?, ?)", (what, seconds))


def latency(connection: sqlite3.Connection, subjects: tuple[str, ...]) -> float:
    """Seconds that a change of a resource takes; what is set for it counts before what is set for all."""
    rows = connection.execute("SELECT what, seconds FROM latencies ORDER BY what = ?", (ALL,)).fetchall()
    return next((float(seconds) for what, seconds in rows if _about(what, subjects)), 0.0)


@dataclass(frozen=True, slots=True)
class Due:
    """Faults that meet one call."""

    faults: tuple[Fault, ...] = ()

    def meet(self, moment: str) -> None:
        """Let happen what is due before or after the cloud acts.

        Raises:
            Refused: The call fails.
        """
        for fault in self.faults:
            if fault.moment != moment:
                continue
            if fault.action == "fail":
                raise Refused(fault.status, fault.message)
            if fault.action == "kill-engine":
                os.kill(os.getppid(), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)


def due(connection: sqlite3.Connection, call: str, subjects: tuple[str, ...]) -> Due:
    """Count a call; returns the faults that meet it."""
    if connection.execute("SELECT 1 FROM faults LIMIT 1").fetchone() is None:
        return Due()
    met: list[Fault] = []
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        rows = connection.execute(f"SELECT number, seen, {_COLUMNS} FROM faults WHERE call IN (?, 'any')", (call,))  # noqa: S608 - names
        for number, seen, *columns in rows.fetchall():
            fault = Fault(**dict(zip(_FIELDS, columns, strict=True)))
            if not _about(fault.what, subjects):
                continue
            connection.execute("UPDATE faults SET seen = seen + 1 WHERE number = ?", (number,))
            if seen + 1 >= fault.nth and (fault.times == 0 or seen + 1 < fault.nth + fault.times):
                met.append(fault)
    return Due(tuple(met))


def _about(what: str, subjects: tuple[str, ...]) -> bool:
    pattern = re.escape(what).replace(r"\*", ".*")
    return any(re.fullmatch(pattern, subject) for subject in subjects)
