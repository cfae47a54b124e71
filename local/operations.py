"""What is done to a stack on GCP, real or rehearsed: look, bring up, compare with the cloud, take down.

Every command of `local.cloud` and `local.rehearsal` ends here, so that what a rehearsal proves is what a person runs.
"""

import json
import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from infra.settings_checks import DATABASE
from infra.settings_images import IMAGES_VARIABLE, NONE
from local import gate, guard, heal
from local.guard import Step
from local.hints import hint
from local.workspace import YES, StackError, Workspace
from policies.model import Finding

_MARKS: Final = {"create": "+", "update": "~", "delete": "-", "replace": "+-"}


def preview(workspace: Workspace) -> int:
    """Show what the next run would do; 1 if the guard or the gate refuses it."""
    steps, said = _planned(workspace)
    judged = gate.judged(workspace, said)
    for line in report(steps):
        say(line)
    say(judged.summary)
    refused = guard.refusals(steps, workspace.stack) + judged.refusals
    for sentence in refused:
        complain(sentence)
    return 1 if refused else 0


def _planned(workspace: Workspace) -> tuple[list[Step], list[Finding]]:
    """What the next run would do, and what the rules say of that."""
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-") as folder:
        steps = guard.preview(workspace, gate.advice(Path(folder)), gate.LOGGED)
        return steps, gate.planned(workspace, Path(folder))


def report(steps: Collection[Step]) -> Iterator[str]:
    """One line for each change, and how many there are."""
    changes = [step for step in steps if step.changes]
    for step in changes:
        what = f"  ({', '.join(step.causes or step.properties)})" if step.op in {"update", "replace"} else ""
        yield f"  {_MARKS.get(step.op, step.op):2} {step.type:50} {step.name}{what.replace('  ()', '')}"
    counts = {op: sum(step.op == op for step in changes) for op in sorted({step.op for step in changes})}
    yield ", ".join(f"{op}: {number}" for op, number in counts.items()) or "no changes"


def up(workspace: Workspace, *, may_go: Collection[str] = ()) -> int:
    """Bring the stack to what the program declares; returns the exit code.

    Args:
        workspace: The stack.
        may_go: Logical names of guarded resources that may be replaced or deleted this once.

    Raises:
        StackError: The guard or the gate refuses, or the preview failed.
    """
    workspace.init()
    workspace.unlock()
    for operation in heal.pending(workspace):
        say(f"An interrupted run was {heal.describe(operation)}; it is looked for.")
    heal.heal(workspace)
    steps: list[Step] = []
    if workspace.deployment().get("resources"):
        steps, said = _planned(workspace)
    else:  # A first run can't lose anything.
        said = gate.asked_for(workspace)
    judged = gate.judged(workspace, said)
    if refused := guard.refusals(steps, workspace.stack, may_go) + judged.refusals:
        raise StackError("\n".join(refused))
    say(judged.summary)
    _unprotect(workspace, [step.urn for step in steps if step.name in may_go])
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-") as folder:
        return run(workspace, ["up", *YES, *judged.flags(Path(folder))])


def down(workspace: Workspace, *, unprotect: bool) -> int:
    """Remove all that the stack has; returns the exit code.

    Args:
        workspace: The stack, whose settings have `gcp.protect: false` when `unprotect` is true.
        unprotect: Whether protection is lifted first; without it a protected stack is refused before anything is lost.

    Raises:
        StackError: The stack is protected.
    """
    workspace.unlock()
    resources = workspace.deployment().get("resources") or []
    if not resources:
        say(f"There is nothing of {workspace.stack} to remove.")
        return 0
    protected = [resource["urn"] for resource in resources if resource.get("protect")]
    if protected and not unprotect:
        names = ", ".join(sorted(urn.split("::")[-1] for urn in protected))
        msg = (
            f"{workspace.stack} is protected: {names}. Nothing was removed. If all of it is to go, with its data, run "
            f"`make down STACK={workspace.stack} UNPROTECT=yes`."
        )
        raise StackError(msg)
    if unprotect:
        heal.heal(workspace)
        workspace.write_config_file()
        workspace.checked(["state", "unprotect", "--all", "--yes", "--stack", workspace.stack])
        # What refuses its deletion in the cloud has to be told there: the program itself, with protection lifted,
        # for those resources alone.
        held = [r["urn"] for r in resources if _refuses_deletion(r)]
        if held:
            targets = [argument for urn in held for argument in ("--target", urn)]
            with tempfile.TemporaryDirectory(prefix="a-tu-mano-") as folder:
                code = run(_as_it_runs(workspace, resources, Path(folder)), ["up", *YES, *targets])
            if code:
                return code
    return run(workspace, ["destroy", *YES])


def _refuses_deletion(resource: Mapping[str, Any]) -> bool:
    inputs = resource.get("inputs") or {}
    return (
        inputs.get("deletionProtection") is True
        or inputs.get("deletionPolicy") == "PREVENT"
        # What others put into it would keep it.
        or inputs.get("forceDestroy") is False
    )


def without_images(workspace: Workspace) -> Workspace:
    """The stack while there are no images: all of it but what runs in the cluster (ADR 0014)."""
    return replace(workspace, environment={**workspace.environment, IMAGES_VARIABLE: NONE})


def _as_it_runs(workspace: Workspace, resources: Iterable[Mapping[str, Any]], folder: Path) -> Workspace:
    """The stack with the images that it runs: those of the last build need not be at hand any more."""
    images: dict[str, str] = {}
    for resource in resources:
        kind, name = resource["type"], resource["urn"].split("::")[-1]
        if kind in {"kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet"}:
            image = resource["inputs"]["spec"]["template"]["spec"]["containers"][0]["image"]
            images[DATABASE if kind.endswith("StatefulSet") else name] = image
    if not images:
        return without_images(workspace)
    file = folder / "images.json"
    file.write_text(json.dumps(images), encoding="utf-8")
    return replace(workspace, environment={**workspace.environment, IMAGES_VARIABLE: str(file)})


def _unprotect(workspace: Workspace, urns: Collection[str]) -> None:
    if not urns:
        return
    protected = {r["urn"] for r in workspace.deployment().get("resources") or [] if r.get("protect")}
    for urn in sorted(protected & set(urns)):
        workspace.checked(["state", "unprotect", urn, "--yes", "--stack", workspace.stack])


def drift(workspace: Workspace) -> dict[str, Any]:
    """How the cloud differs from the state; neither is changed.

    Returns:
        `{"stack", "drifted": bool, "resources": [{"type", "name", "urn", "change": "changed"|"deleted",
        "properties": [path]}]}`.

    Raises:
        StackError: The cloud could not be asked.
    """
    arguments = workspace.command(["refresh", "--preview-only", "--json"])
    done = workspace.run(arguments)
    if done.returncode != 0:
        msg = f"The drift of {workspace.stack} could not be looked for.\n{done.stdout.strip()}\n{done.stderr.strip()}"
        raise StackError(msg)
    resources = []
    for step in guard.steps_of(json.loads(done.stdout)):
        if step.op in {"delete", "update"}:
            resources.append(
                {
                    "type": step.type,
                    "name": step.name,
                    "urn": step.urn,
                    "change": "deleted" if step.op == "delete" else "changed",
                    "properties": list(step.properties),
                }
            )
    return {"stack": workspace.stack, "drifted": bool(resources), "resources": resources}


def run(workspace: Workspace, arguments: list[str]) -> int:
    """Run the CLI with its output shown, and say what may be done about what failed; returns its exit code."""
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-") as folder:
        events = Path(folder, "events.json")
        began = time.monotonic()
        code = workspace.run(
            workspace.command([*arguments, "--event-log", str(events)]),
            capture=False,
            extra=gate.LOGGED,
        ).returncode
        if code:
            for urn, message in _failures(events):
                complain(f"{urn.split('::')[-1]}: {hint(message, workspace.stack)}")
            for sentence in gate.refused(events):
                complain(sentence)
            complain(
                f"`pulumi {arguments[0]}` failed after {time.monotonic() - began:.0f} s. Run the same command again."
            )
        return code


def _failures(events: Path) -> Iterator[tuple[str, str]]:
    if not events.exists():
        return
    for line in events.read_text(encoding="utf-8").splitlines():
        event = json.loads(line).get("diagnosticEvent")
        if event and event.get("severity") == "error" and event.get("urn"):
            yield event["urn"], event["message"]


def say(text: str) -> None:
    """Tell the user."""
    print(text, flush=True)  # noqa: T201


def complain(text: str) -> None:
    """Tell the user what went wrong."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201
