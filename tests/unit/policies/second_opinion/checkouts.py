"""Small checkouts for checkov to read."""

import subprocess
from collections.abc import Mapping
from pathlib import Path


def made(folder: Path, files: Mapping[str, str]) -> Path:
    """A checkout of git with some files, in a folder of its own below `folder`."""
    root = folder / "checkout"
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q", root], check=True)
    subprocess.run(["git", "add", "."], cwd=root, check=True)
    return root
