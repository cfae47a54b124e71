"""The gate: nothing is done to a stack on GCP while it breaks a rule that nobody waived (docs/gate.md).

The rules judge what the engine plans, for which its preview asks the policy pack. What a plan does not know, such as
the namespace of an object whose namespace is not there yet, the program does: it is judged as well. The run itself asks
the pack once more, of each resource before it is made.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from infra.errors import ATuManoError
from infra.settings_images import IMAGES_VARIABLE, NONE
from local.paths import BYTECODE, REPOSITORY
from local.workspace import StackError, Workspace
from policies.capture import Capture
from policies.crossguard import answers
from policies.model import Finding, Status
from policies.rules import RULES, judge
from policies.waivers import Waiver, WaiverError, apply, crossguard_config, load, named

PACK: Final = REPOSITORY / "policies" / "gate"
"""The policy pack, as `--policy-pack` takes it."""
LOGGED: Final = {"PULUMI_DEBUG_COMMANDS": "true"}
"""Variables of the CLI with which it has the flag `--event-log`, the only place that tells what rules said."""
PROJECT: Final = "a-tu-mano"
_ADVICE: Final = {"version": 2, "policies": {"all": "advisory"}}
_FIXES: Final = {rule.id: rule.fix for rule in RULES}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the rules say of a stack, after waivers."""

    findings: tuple[Finding, ...]
    config: Mapping[str, Any]
    """The pack's configuration in which what is waived is an exception."""

    @property
    def refusals(self) -> list[str]:
        """One sentence for each violation that nobody waived."""
        return [sentence(finding) for finding in self.findings if finding.status is Status.VIOLATED]

    @property
    def summary(self) -> str:
        """One line: how many rules say what; a rule counts with the worst it says."""
        worst: dict[str, Status] = {}
        for status in (Status.COMPLIANT, Status.NOT_EVALUATED, Status.WAIVED, Status.VIOLATED):
            worst |= {finding.check: status for finding in self.findings if finding.status is status}
        counts = Counter(worst.values())
        words = {Status.COMPLIANT: "hold", Status.NOT_EVALUATED: "can't be judged yet"}
        said = [f"{counts[status]} {words.get(status, status)}" for status in Status if counts[status]]
        return f"{len(RULES)} rules: {', '.join([*said, f'{len(RULES) - len(worst)} concern nothing here'])}"

    def flags(self, folder: Path) -> list[str]:
        """Arguments of the CLI with which the engine holds the run to the rules; `folder` keeps what they name."""
        return _flags(folder, self.config)


def advice(folder: Path) -> list[str]:
    """Arguments with which a preview asks the pack and goes on whatever it says; `read` tells what it said."""
    return [*_flags(folder, _ADVICE), "--event-log", str(_log(folder))]


def planned(workspace: Workspace, folder: Path) -> list[Finding]:
    """What the rules say of what the engine plans, after a preview with `advice`.

    What the plan does not know, the program may: it is asked as well where anything can't be judged.

    Raises:
        StackError: The program could not be run.
    """
    found = answers.read(_log(folder))
    unknown = any(finding.status is Status.NOT_EVALUATED for finding in found)
    return merged(found, asked_for(workspace)) if unknown else found


def asked_for(workspace: Workspace) -> list[Finding]:
    """What the rules say of what the program asks for, without the engine.

    In a process of its own: the program takes the SDK's global state, and loads what compiled bytecode is kept of.

    Raises:
        StackError: The program could not be run; the message has what it said.
    """
    asked = {"stack": workspace.stack, "config": dict(workspace.config()), "images": _images(workspace)}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "local.gate"],
        input=json.dumps(asked), env={**os.environ, **BYTECODE}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        msg = f"The program of {workspace.stack} could not be judged.\n{done.stderr.strip()}"
        raise StackError(msg)
    return [Finding(**{**finding, "status": Status(finding["status"])}) for finding in json.loads(done.stdout)]


def _said_of_program(asked: Mapping[str, Any]) -> list[Finding]:
    from policies.sources.program import capture  # noqa: PLC0415 - the SDKs, which only this process loads

    return [*judge(capture(asked["stack"], asked.get("config"), images=asked.get("images"))).findings]


def merged(one: Iterable[Finding], other: Iterable[Finding]) -> list[Finding]:
    """What two looks at a stack say: what one can't judge, the other may."""
    found: dict[tuple[str, str], Finding] = {}
    for finding in (*one, *other):
        known = found.setdefault(finding.key, finding)
        if _RANK.index(finding.status) > _RANK.index(known.status):
            found[finding.key] = finding
    return [*found.values()]


_RANK: Final = (
    Status.NOT_APPLICABLE, Status.NOT_EVALUATED, Status.COMPLIANT, Status.WAIVED, Status.VIOLATED,
)  # fmt: skip


def refused(log: Path) -> Iterator[str]:
    """One sentence for each violation for which the engine refused a run."""
    if log.exists():
        yield from (sentence(finding) for finding in answers.read(log) if finding.status is Status.VIOLATED)


def sentence(finding: Finding) -> str:
    """Rule, resource, what was found, what to do, and how to accept it."""
    kind, _, name = named(finding.resource).partition(" ")
    where = f'{kind} "{name}"' if name else f"the {kind}"
    return (
        f"{finding.check}: {where}: {finding.message} {_FIXES.get(finding.check, '')} If that is accepted, name it in "
        "policies/waivers.yaml, with a reason, an owner and a date (docs/gate.md)."
    )


def judged(workspace: Workspace, findings: Sequence[Finding]) -> Judged:
    """What is left of findings after the waivers of the file and the stack's own.

    Raises:
        StackError: The file can't be read.
    """
    try:
        return _waived(workspace.stack, findings, (*load(), *workspace.waivers))
    except WaiverError as error:
        raise StackError(str(error)) from error


def _waived(stack: str, findings: Sequence[Finding], waivers: Sequence[Waiver]) -> Judged:
    def after(found: Iterable[Finding]) -> list[Finding]:
        # What waives too much or too little the report says: other judges have their waivers in the same file.
        return apply(found, waivers, stack, _FIXES, datetime.now(UTC).date())[0]

    # What can't be judged yet may turn out to be what is waived.
    foreseen = [replace(one, status=Status.VIOLATED) if one.status is Status.NOT_EVALUATED else one for one in findings]
    bare = Capture(stack=stack, project=PROJECT, source="preview", resources=())
    return Judged(findings=tuple(after(findings)), config=crossguard_config(after(foreseen), waivers, bare))


def _images(workspace: Workspace) -> Mapping[str, str] | None:
    """The images that the run would use; None while there are none."""
    file = Path(workspace.environment.get(IMAGES_VARIABLE) or NONE)
    found: dict[str, str] | None = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
    return found


def _flags(folder: Path, config: Mapping[str, Any]) -> list[str]:
    file = folder / "policies.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    return ["--policy-pack", str(PACK), "--policy-pack-config", str(file)]


def _log(folder: Path) -> Path:
    return folder / "events.json"


def main(arguments: Sequence[str]) -> int:
    """Print the pack's configuration for the stack that is named; or answer `asked_for`, which names it on stdin."""
    try:
        if arguments:
            [stack] = arguments
            json.dump(_waived(stack, _said_of_program({"stack": stack}), load()).config, sys.stdout, indent=1)
        else:
            json.dump([asdict(finding) for finding in _said_of_program(json.load(sys.stdin))], sys.stdout)
    except (ATuManoError, WaiverError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
