"""Looks for secrets in plain text: in the stack's outputs, its state, the logs, and what `ps` shows of processes."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from local.workspace import Workspace

_SHORTEST = 16
"""Shorter texts are no generated secrets, and would be found by chance."""


def exposed(workspace: Workspace, state: Path) -> list[str]:
    """One line for each place in which a secret of the stack stands in plain text."""
    secrets = sorted(secrets_of(workspace))
    if not secrets:
        return ["The state has no secrets at all; a stack's passwords are required in it, encrypted."]
    needle = re.compile(b"|".join(re.escape(secret.encode()) for secret in secrets))
    return [place for place, content in _places(workspace, state) if needle.search(content)]


def secrets_of(workspace: Workspace) -> set[str]:
    """Every secret text in the state, also decoded where Kubernetes has it in base64."""
    plain = json.loads(workspace.checked(["stack", "export", "--show-secrets", "--stack", workspace.stack]))
    found = {text for text in _marked(plain, inside=False) if len(text) >= _SHORTEST}
    for text in list(found):
        with suppress(ValueError):
            decoded = base64.b64decode(text, validate=True)
            if len(decoded) >= _SHORTEST:
                found.add(decoded.decode())
    return found


def _marked(value: Any, *, inside: bool) -> Iterator[str]:
    if isinstance(value, dict):
        if "plaintext" in value:
            yield from _marked(json.loads(value["plaintext"]), inside=True)
        else:
            for part in value.values():
                yield from _marked(part, inside=inside)
    elif isinstance(value, list):
        for part in value:
            yield from _marked(part, inside=inside)
    elif inside and isinstance(value, str):
        yield value


def _places(workspace: Workspace, state: Path) -> Iterator[tuple[str, bytes]]:
    yield "output", workspace.checked(["stack", "output", "--json", "--stack", workspace.stack]).encode()
    yield "state", workspace.checked(["stack", "export", "--stack", workspace.stack]).encode()
    for file in sorted((state / workspace.stack).rglob("*")):
        if file.is_file():
            yield str(file), file.read_bytes()
    for file in sorted((state / "logs").glob("*.log")):
        yield str(file), file.read_bytes()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            name = (process / "comm").read_text().strip()
            for part in ("cmdline", "environ"):
                yield f"{part} of process {process.name} ({name})", (process / part).read_bytes()
