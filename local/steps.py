"""Runs steps side by side as their needs allow, with one live line: what runs, for how long, and what is next.

Standard library only: `make up` starts here on a bare Python. Every step writes a log; the first failure stops the
others, names the step, shows the last lines of its log and says what to do.
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

LAST_LINES = 25
HEARTBEAT_SECONDS = 30
LIVE_SECONDS = 0.2


class StepFailedError(Exception):
    """A step could not do its work; the message is a sentence for the user, the details are in the step's log."""


class Log:
    """The log of one running step, and the one way it starts programs."""

    def __init__(self, path: Path) -> None:
        """Open `path` for writing; what an earlier run logged there is replaced."""
        self.path = path
        self.detail = ""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
        self._children: set[subprocess.Popen[str]] = set()
        self._stopped = False

    def say(self, text: str) -> None:
        """Log `text` and show it on the live line until something else is said."""
        self.detail = text
        self._write(text + "\n")

    def run(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        shown: Callable[[str], str] | None = None,
        timeout: float | None = None,
    ) -> str:
        """Run `command` to its end and return what it printed; its last line is the live detail.

        Args:
            command: Program and arguments.
            env: Variables added to this process's own.
            cwd: Working directory.
            shown: Turns an output line into what the live line shows.
            timeout: Seconds after which the command is stopped.

        Raises:
            StepFailedError: It could not be started, ended with an error, or took longer than `timeout`.
        """
        words = [str(word) for word in command]
        self._write(f"$ {' '.join(words)}\n")
        try:
            child = subprocess.Popen(
                words,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            msg = f"{words[0]} could not be started: {error.strerror}."
            raise StepFailedError(msg) from error
        self._children.add(child)
        if self._stopped:
            _end(child)
        timer = threading.Timer(timeout, _end, [child]) if timeout else None
        if timer:
            timer.start()
        printed = []
        assert child.stdout is not None  # noqa: S101 - stdout=PIPE above
        for line in child.stdout:
            printed.append(line)
            self._write(line)
            if line.strip():
                self.detail = shown(line.strip()) if shown else line.strip()
        child.stdout.close()
        code = child.wait()
        self._children.discard(child)
        if timer:
            timer.cancel()
        if code != 0:
            msg = f"`{' '.join(words[:4])}{' …' if len(words) > 4 else ''}` ended with {_described(code)}."  # noqa: PLR2004
            raise StepFailedError(msg)
        return "".join(printed)

    def _write(self, text: str) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(text)

    def stop(self) -> None:
        """End every program that the step has running, and any that it starts from now on."""
        self._stopped = True
        for child in list(self._children):
            _end(child)

    def tail(self) -> str:
        """The last lines of the log, indented."""
        lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join(f"    {line}" for line in lines)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One piece of work: `action` is called with the step's log once all steps named in `needs` are done."""

    name: str
    title: str
    action: Callable[[Log], None]
    needs: tuple[str, ...] = ()
    hint: str = "Run the same command again: it goes on where it stopped."


@dataclass
class _Running:
    step: Step
    log: Log
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0
    error: BaseException | None = None
    done: bool = False


class Run:
    """One run of some steps, in the order their needs allow."""

    def __init__(self, steps: Sequence[Step], logs: Path) -> None:
        """Take `steps`, whose needs must name steps of the same run; logs go to `logs`/NAME.log."""
        self._waiting = list(steps)
        self._logs = logs
        self._running: dict[str, _Running] = {}
        self._done: set[str] = set()
        self._total = len(steps)
        self._live = sys.stderr.isatty()
        self._heartbeat = time.monotonic()
        self.failed: _Running | None = None

    def to_end(self) -> bool:
        """Run everything; True when every step succeeded. Ctrl-C ends what runs and is raised again."""
        try:
            while (self._waiting or self._running) and self.failed is None:
                self._start_ready()
                self._show()
                time.sleep(LIVE_SECONDS)
                self._collect()
        finally:
            for running in self._running.values():
                running.log.stop()
        return self.failed is None

    def _start_ready(self) -> None:
        for step in [s for s in self._waiting if self._done.issuperset(s.needs)]:
            self._waiting.remove(step)
            running = _Running(step, Log(self._logs / f"{step.name}.log"))
            self._running[step.name] = running
            if not self._live:
                _print(f"  … {step.title}")
            threading.Thread(target=_work, args=(running,), daemon=True).start()

    def _collect(self) -> None:
        for name, running in list(self._running.items()):
            if not running.done:
                continue
            del self._running[name]
            if running.error is not None:
                self.failed = running
                return
            self._done.add(name)
            self._clear()
            _print(f"  ✓ {running.step.title:<42} {_clock(running.seconds)}")

    def _show(self) -> None:
        now = time.monotonic()
        parts = [
            f"{r.step.title} {_clock(now - r.started)}" + (f" ({r.log.detail})" if r.log.detail else "")
            for r in self._running.values()
        ]
        following = f" · next: {self._waiting[0].title}" if self._waiting else ""
        line = f"  [{len(self._done)}/{self._total}] " + " · ".join(parts) + following
        if self._live:
            width = os.get_terminal_size(sys.stderr.fileno()).columns or 100
            sys.stderr.write("\r\x1b[K" + line[: width - 1])
            sys.stderr.flush()
        elif now - self._heartbeat > HEARTBEAT_SECONDS and parts:
            self._heartbeat = now
            _print(line)

    def _clear(self) -> None:
        if self._live:
            sys.stderr.write("\r\x1b[K")


def alone(state: Path) -> TextIO:
    """Take the lock of `state`, which ends with the file that is returned; exits with a sentence if it is taken."""
    lock = (state / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"Another `make up` or `make down` is at work in {state}. Wait for it to end, or end it.")
    return lock


def run(steps: Sequence[Step], logs: Path) -> None:
    """Run `steps`; on a failure print what a user needs to go on, and exit 1 (130 after Ctrl-C)."""
    work = Run(steps, logs)
    try:
        if work.to_end():
            return
    except KeyboardInterrupt:
        _print("\nInterrupted. Run the same command again: it goes on where it stopped.")
        sys.exit(130)
    failed = work.failed
    assert failed is not None  # noqa: S101 - to_end() is False only then
    _print(f"\n  ✗ {failed.step.title} failed: {failed.error}\n")
    _print(f"  The last lines of {failed.log.path}:\n{failed.log.tail()}\n")
    _print(f"  What to do: {failed.step.hint}")
    sys.exit(1)


def _work(running: _Running) -> None:
    try:
        running.step.action(running.log)
    except BaseException as error:  # whatever it is, the main thread tells the user
        running.error = error
        if not isinstance(error, StepFailedError):
            running.log.say(f"{type(error).__name__}: {error}")
    finally:
        running.seconds = time.monotonic() - running.started
        running.done = True


def _end(child: subprocess.Popen[str]) -> None:
    try:
        os.killpg(child.pid, signal.SIGTERM)
    except ProcessLookupError:
        return


def _described(code: int) -> str:
    return f"exit code {code}" if code > 0 else f"signal {signal.Signals(-code).name}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest:02d}s" if minutes else f"{rest}s"


def _print(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201
