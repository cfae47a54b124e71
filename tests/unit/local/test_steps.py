"""The runner of steps: order, logs, and what a user is told when one fails."""

import sys
import threading
import time
from pathlib import Path

import pytest

from local.steps import Log, Run, Step, StepFailedError, run


def _step(name: str, done: list[str], needs: tuple[str, ...] = ()) -> Step:
    return Step(name=name, title=name, action=lambda _log: done.append(name), needs=needs)


def test_a_step_starts_only_after_what_it_needs(tmp_path: Path) -> None:
    done: list[str] = []
    steps = [_step("c", done, ("b",)), _step("b", done, ("a",)), _step("a", done)]
    assert Run(steps, tmp_path).to_end()
    assert done == ["a", "b", "c"]


def test_steps_without_needs_run_side_by_side(tmp_path: Path) -> None:
    meeting = threading.Barrier(2, timeout=20)

    def meet(_log: Log) -> None:
        meeting.wait()

    steps = [Step(name=name, title=name, action=meet) for name in ("one", "two")]
    assert Run(steps, tmp_path).to_end()


def test_a_failure_names_the_step_shows_its_log_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(log: Log) -> None:
        log.run([sys.executable, "-c", "print('the reason'); raise SystemExit(3)"])

    steps = [Step(name="build", title="The build", action=fail, hint="Mend the build."), _step("after", [], ("build",))]
    with pytest.raises(SystemExit) as ended:
        run(steps, tmp_path)
    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert "The build failed:" in told
    assert "ended with exit code 3." in told
    assert "    the reason" in told
    assert "What to do: Mend the build." in told
    assert "Traceback" not in told


def test_a_failure_ends_the_programs_of_the_other_steps(tmp_path: Path) -> None:
    ended = threading.Event()

    def long(log: Log) -> None:
        try:
            log.run([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"])
        finally:
            ended.set()

    def fail(log: Log) -> None:
        deadline = time.monotonic() + 20
        while not (tmp_path / "long.log").exists() or "up" not in (tmp_path / "long.log").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        log.say("enough")
        msg = "It can't be done."
        raise StepFailedError(msg)

    work = Run([Step(name="long", title="long", action=long), Step(name="fail", title="fail", action=fail)], tmp_path)
    assert not work.to_end()
    assert ended.wait(20)


def test_a_program_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError, match=r"^no-such-program could not be started: No such file or directory\.$"):
        Log(tmp_path / "log").run(["no-such-program"])


def test_a_program_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError, match="ended with signal SIGTERM"):
        Log(tmp_path / "log").run([sys.executable, "-c", "import time; time.sleep(600)"], timeout=0.5)


def test_output_is_returned_logged_and_shown(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    printed = log.run([sys.executable, "-c", "print('one'); print('two')"], shown=str.upper)
    assert printed == "one\ntwo\n"
    assert log.detail == "TWO"
    assert "two" in (tmp_path / "log").read_text()
