"""What a stack was before: a capture in a file, or of the program at a revision of git."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from infra.settings import ROOT
from policies.capture import Capture, CaptureError
from policies.sources import of_stack, read

_POLICIES: Final = ROOT / "policies"


def base(name: str, stack: str) -> Capture:
    """The capture that a user named.

    Args:
        name: A file (a report, a capture, a preview, a state) or a revision of git, e.g. "main" or "HEAD~1".
        stack: Name of the stack, for a revision.

    Raises:
        CaptureError: There is neither such a file nor such a revision, it has no such stack, or it is of another stack.
    """
    file = Path(name)
    return of_stack(file, stack) if file.is_file() else of_revision(name, stack)


def of_revision(revision: str, stack: str) -> Capture:
    """The capture of the program as it is at a revision, made with today's packages.

    It is made by today's `policies`, so that nothing but the program differs; where today's can't read the revision's
    settings any more, by its own.

    Raises:
        CaptureError: There is no such revision, or its program can't be captured.
    """
    known = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if known.returncode != 0:
        msg = f"{revision!r} is neither a file nor a revision of git; one of them is required. Check BASE."
        raise CaptureError(msg)
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-") as folder:
        tree, over = Path(folder, "tree"), Path(folder, "over")
        made = _git("worktree", "add", "--detach", "--quiet", str(tree), known.stdout.strip())
        if made.returncode != 0:
            msg = f"Git could not lay out {revision}: {made.stderr.strip()}"
            raise CaptureError(msg)
        try:
            return _captured(tree, over, revision, stack)
        finally:
            _git("worktree", "remove", "--force", str(tree))


def _captured(tree: Path, over: Path, revision: str, stack: str) -> Capture:
    over.mkdir()
    (over / "policies").symlink_to(_POLICIES)
    done = _run(over, tree, stack)
    if done.returncode != 0 and (tree / "policies" / "sources" / "__main__.py").exists():
        done = _run(tree, tree, stack)
    if done.returncode != 0:
        said = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        msg = f"The program of {revision} can't be captured: {said} Name a newer revision, or a report.json, with BASE."
        raise CaptureError(msg)
    file = over / "capture.json"
    file.write_text(done.stdout, encoding="utf-8")
    return read(file)


def _run(policies: Path, tree: Path, stack: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "policies.sources", stack],
        # First on the path is what is run from; all but the policies is the revision's.
        cwd=policies,
        env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def commit() -> str:
    """The revision of the working tree: twelve digits, with "+" where files differ; "unknown" outside of git."""
    head = _git("rev-parse", "--short=12", "HEAD")
    if head.returncode != 0:
        return "unknown"
    changed = _git("status", "--porcelain", "--untracked-files=no").stdout.strip()
    return head.stdout.strip() + ("+" if changed else "")


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
