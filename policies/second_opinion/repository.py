"""The repository's files that checkov reads, and what it found in those that have not changed since.

Looking for secrets takes seconds for each megabyte, and what is found in a file follows from its path and content
alone. So it is kept in the cache, by a hash of both, for one version of checkov.
"""

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from policies.second_opinion import environment
from policies.second_opinion.errors import OpinionError

PIPELINES: Final = "bitbucket-pipelines.yml"
_KEPT: Final = environment.HOME / "secrets.json"
_NAMES: Final = (
    re.compile(r"\b(?:gcp|kubernetes|pulumi|a-tu-mano):[\w./-]+:(\w+)"),
    re.compile(r"\bprojects/[^/\s\"']+/secrets/[^/\s\"']+(?:/versions/\w+)?"),
)
"""Type tokens, of which what follows the last colon is a name too; names of secrets in Secret Manager."""
_MOST: Final = 20_000
"""Files of which results are kept; the oldest go."""


@dataclass(frozen=True, kw_only=True)
class Files:
    """The files under version control."""

    root: Path
    paths: tuple[str, ...]
    hashes: Mapping[str, str]
    """Of path and content, by path."""

    @property
    def dockerfiles(self) -> list[str]:
        """Those that describe images."""
        return [path for path in self.paths if Path(path).name == "Dockerfile"]

    @property
    def pipelines(self) -> list[str]:
        """Those that describe Bitbucket's pipelines."""
        return [path for path in self.paths if path == PIPELINES]

    def is_name(self, result: Mapping[str, Any]) -> bool:
        """Whether what looks like a secret is the name of a type of resource, or of a secret that is kept elsewhere.

        checkov tells a secret by its hash alone, so what the line names is hashed and compared.
        """
        lines = (self.root / result["file"]).read_text(encoding="utf-8", errors="replace").splitlines()
        line = lines[result["line"] - 1] if result["line"] <= len(lines) else ""
        names = [part for name in _NAMES for found in name.finditer(line) for part in (found[0], *found.groups())]
        return result["resource"] in {hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest() for name in names}


def tracked(root: Path) -> Files:
    """The files that git has of a checkout, as they are on the disk.

    Raises:
        OpinionError: It is no checkout.
    """
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    if listed.returncode:
        said = os.fsdecode(listed.stderr).strip()
        msg = (
            f"{root} is no checkout of git ({said}), which says what files are looked through for secrets. Use a clone."
        )
        raise OpinionError(msg)
    paths = [path for path in os.fsdecode(listed.stdout).split("\0") if path]
    # A link is looked at where it leads to, and what is removed on the disk is removed.
    regular = tuple(path for path in paths if (root / path).is_file() and not (root / path).is_symlink())
    hashes = {path: hashlib.sha256(path.encode() + b"\0" + (root / path).read_bytes()).hexdigest() for path in regular}
    return Files(root=root, paths=regular, hashes=hashes)


def known(files: Files) -> dict[str, list[dict[str, Any]]]:
    """What was found earlier in files that are as they were then, by path."""
    kept = _kept()
    return {path: kept[key] for path, key in files.hashes.items() if key in kept}


def keep(files: Files, found: Sequence[Mapping[str, Any]], looked_at: Sequence[str]) -> None:
    """Keep what was found in the files just looked at."""
    if not looked_at:
        return
    kept = _kept()
    for path in looked_at:
        kept[files.hashes[path]] = [dict(result) for result in found if result["file"] == path]
    kept = dict(list(kept.items())[-_MOST:])
    environment.HOME.mkdir(parents=True, exist_ok=True)
    new = _KEPT.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps({"of": environment.digest(), "files": kept}), encoding="utf-8")
    new.replace(_KEPT)


def _kept() -> dict[str, list[dict[str, Any]]]:
    try:
        document = json.loads(_KEPT.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(document["files"]) if document.get("of") == environment.digest() else {}
