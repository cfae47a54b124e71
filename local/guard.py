"""The replacement guard: no run of the engine replaces or deletes what a stack can't lose, unless it was named.

Owns: which kinds of resources those are, and the sentence that says what would happen to one, why, and the way on.
The engine itself refuses as well, since these resources are protected in its state, but does not say why.
"""

import json
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local.workspace import StackError, Workspace

LOSSES: Final[Mapping[str, str]] = {
    "gcp:organizations/project:Project": "everything in it",
    "gcp:container/cluster:Cluster": "the cluster with every pod and volume in it",
    "gcp:kms/keyRing:KeyRing": "everything that its keys encrypt",
    "gcp:kms/cryptoKey:CryptoKey": "everything that it encrypts",
    "gcp:compute/network:Network": "the cluster, which can't move to another network",
    "gcp:compute/subnetwork:Subnetwork": "the cluster, which can't move to another subnetwork",
    "gcp:dns/managedZone:ManagedZone": "the domain's records, and its delegation by your registrar",
    "kubernetes:core/v1:Namespace": "everything in it",
    "kubernetes:core/v1:PersistentVolumeClaim": "the data on its volume",
    "kubernetes:apps/v1:StatefulSet": "the database's service for that time",
}
"""Kinds that are guarded, and what is lost with one."""
_CLUSTER: Final = "gcp:container/cluster:Cluster"
_ENDS: Final = {"delete": "deleted", "replace": "replaced"}
_UNCHANGED: Final = {"same", "read", "refresh", "read-replacement", "create-replacement", "delete-replaced"}
"""Steps that are none, and the two that a replacement consists of, which has one of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of a preview."""

    op: str
    """In the engine's words, e.g. "update"."""
    urn: str
    properties: tuple[str, ...] = ()
    """Paths of the properties that changed, e.g. ("nodeConfig.diskType",)."""
    causes: tuple[str, ...] = ()
    """Those of them that force a replacement."""

    @property
    def type(self) -> str:
        """Type token, e.g. "gcp:container/cluster:Cluster"."""
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def name(self) -> str:
        """Logical name."""
        return self.urn.split("::", 3)[3]

    @property
    def changes(self) -> bool:
        """Whether anything happens."""
        return self.op not in _UNCHANGED


def steps_of(preview: Mapping[str, Any]) -> list[Step]:
    """The steps of what `pulumi preview --json` printed."""
    return list(_steps(preview.get("steps") or []))


def _steps(raw: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    for step in raw:
        detailed = step.get("detailedDiff") or {}
        changed = tuple(sorted(detailed)) or tuple(step.get("diffReasons") or ())
        causes = tuple(sorted(path for path, diff in detailed.items() if "replace" in diff.get("kind", "")))
        yield Step(
            op=step["op"], urn=step["urn"], properties=changed, causes=causes or tuple(step.get("replaceReasons") or ())
        )


def refusals(steps: Collection[Step], stack: str, allowed: Collection[str] = ()) -> list[str]:
    """One sentence for each guarded resource that would be replaced or deleted and is not among `allowed` names."""
    found: dict[str, Step] = {}
    for step in steps:
        if step.op in _ENDS and step.type in LOSSES and step.name not in allowed:
            known = found.get(step.urn)
            found[step.urn] = step if known is None or len(step.causes) > len(known.causes) else known
    lost = list(found.values())
    if any(step.type == _CLUSTER and step.op in _ENDS for step in steps):
        # What is inside goes with it: one sentence for one cause, and none where the cluster was named.
        lost = [step for step in lost if not step.type.startswith("kubernetes:")]
    return [_sentence(step, stack) for step in lost]


def _sentence(step: Step, stack: str) -> str:
    changes = ", ".join(step.causes)
    if changes:
        because, undo = f" because of {changes}", f"Undo the change of {' and '.join(step.causes)}"
    elif step.op == "delete":
        because, undo = "", "Keep it in the settings"
    else:
        because, undo = " because something that it is made of is", "Undo the change of that"
    return (
        f'{step.type} "{step.name}" would be {_ENDS[step.op]}{because}, and with it {LOSSES[step.type]}; a change that '
        f"keeps it is required. {undo}; or, if that is meant and there is a backup, run "
        f"`make up STACK={stack} REPLACE={step.name}` (docs/runbooks/replacement.md)."
    )


def preview(workspace: Workspace, more: Sequence[str] = (), extra: Mapping[str, str] | None = None) -> list[Step]:
    """What the next run would do.

    Args:
        workspace: The stack.
        more: Further arguments of the CLI.
        extra: Further variables of it.

    Raises:
        StackError: The preview failed; the message has what the engine said.
    """
    arguments = ["preview", "--json", *more]
    done = workspace.run(workspace.command(arguments), extra=extra)
    if done.returncode == 0:
        return steps_of(json.loads(done.stdout))
    said = _diagnostics(done.stdout) or done.stderr.strip()
    if "protect" not in said:
        msg = f"The preview of {workspace.stack} failed.\n{said}"
        raise StackError(msg)
    return _unprotected_preview(workspace, arguments, extra)


def _unprotected_preview(workspace: Workspace, arguments: Sequence[str], extra: Mapping[str, str] | None) -> list[Step]:
    """The preview of a copy of the state in which nothing is protected: the engine stops at the first that is."""
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-") as folder:
        exported = json.loads(workspace.checked(["stack", "export", "--stack", workspace.stack]))
        for resource in exported["deployment"].get("resources") or []:
            resource.pop("protect", None)
        state = Path(folder, "state.json")
        state.write_text(json.dumps(exported), encoding="utf-8")
        state.chmod(0o600)
        backend = Path(folder, "backend")
        backend.mkdir()
        copy = Workspace(
            stack=workspace.stack,
            folder=Path(folder, "workspace"),
            config=workspace.config,
            environment={**workspace.environment, "PULUMI_BACKEND_URL": backend.as_uri()},
            secrets_provider=workspace.secrets_provider,
        )
        copy.init()
        copy.encryption.write_bytes(workspace.encryption.read_bytes())
        copy.checked(["stack", "import", "--stack", workspace.stack, "--file", str(state)])
        done = copy.run(copy.command(arguments), extra=extra)
        if done.returncode != 0:
            msg = f"The preview of {workspace.stack} failed.\n{_diagnostics(done.stdout) or done.stderr.strip()}"
            raise StackError(msg)
        return steps_of(json.loads(done.stdout))


def _diagnostics(printed: str) -> str:
    """What the engine said in the JSON of a failed preview."""
    try:
        said = json.loads(printed).get("diagnostics") or []
    except ValueError:
        return ""
    return "\n".join(
        f"{entry['urn'].split('::')[-1]}: {entry['message'].strip()}" if entry.get("urn") else entry["message"].strip()
        for entry in said
        if entry.get("severity") == "error"
    )
