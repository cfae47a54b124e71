"""Where the engine works on one stack: its backend, its environment, and the copy of the settings that it reads.

The copy carries what the stack's secrets are encrypted with (a salt, or a key that Cloud KMS wraps). The engine would
write that into the stack's own file, which is committed and the same for everybody who clones the repository.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from local.cluster.pki import write_private
from local.paths import BIN, BYTECODE, PULUMI_HOME, REPOSITORY, VENV, private

if TYPE_CHECKING:
    from policies.waivers import Waiver

TAKE_CONFIG = frozenset({"config", "destroy", "import", "preview", "refresh", "up"})
"""Commands of the CLI that read a stack's settings."""
CHANGES_NOTHING = {"PULUMI_SKIP_CHECKPOINTS": "true"}
"""Variables of the CLI for a preview. It would make the whole state anew for every resource, and keep none of it."""
YES = ("--yes", "--skip-preview", "--color", "never")


class StackError(Exception):
    """The stack can't be worked on; the message is a sentence for the user."""


def backend_in(folder: Path) -> str:
    """The backend that keeps its state in a folder of this machine.

    Without `metadata=skip` each file has a second one beside it, which a kill can leave empty; then neither is read.
    Source: pkg.go.dev/gocloud.dev/blob/fileblob.
    """
    return f"{folder.as_uri()}?metadata=skip"


def folder_of(url: str) -> Path | None:
    """The folder of such a backend; None for another one."""
    return Path(url.removeprefix("file://").partition("?")[0]) if url.startswith("file://") else None


def engine_path(*first: Path, last: Sequence[Path] = ()) -> str:
    """PATH under which the engine finds its CLI, the program's Python, and plugins of the project's own.

    Args:
        first: Folders that come before everything else.
        last: Folders of what is only used where the machine has none of its own.
    """
    return os.pathsep.join(map(str, [*first, VENV / "bin", BIN, os.environ["PATH"], *last]))


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """One stack, as this machine works on it."""

    stack: str
    folder: Path
    """Where this machine keeps what belongs to the stack; mode 0700."""
    config: Callable[[], Mapping[str, Any]]
    """What the engine is given under `config`, e.g. {"a-tu-mano:prefix": "atm"}."""
    environment: Mapping[str, str]
    """Variables added to this process's own."""
    secrets_provider: str = "passphrase"
    """What encrypts the stack's secrets, in the CLI's words, e.g. "gcpkms://projects/…"."""
    start: str = "make up"
    """Command that makes the stack, for messages."""
    waivers: Sequence["Waiver"] = ()
    """What the gate accepts of this stack besides policies/waivers.yaml."""

    @property
    def config_file(self) -> Path:
        """The settings last used, with what the stack's secrets are encrypted with."""
        return self.folder / f"Pulumi.{self.stack}.yaml"

    @property
    def encryption(self) -> Path:
        """What the stack's secrets are encrypted with, as the CLI writes it into a stack's file."""
        return self.folder / "encryptionsalt"

    def init(self) -> None:
        """Make the stack in its backend unless it is there.

        Raises:
            StackError: The CLI could not.
        """
        private(self.folder)
        if not self.encryption.exists() and not self._take_over():
            # In a folder of its own: `stack init` writes into the stack's file, and the repository's is committed.
            with tempfile.TemporaryDirectory(prefix="a-tu-mano-") as folder:
                shutil.copyfile(REPOSITORY / "Pulumi.yaml", Path(folder, "Pulumi.yaml"))
                command = ["stack", "init", self.stack, "--non-interactive", "--secrets-provider"]
                self.checked([*command, self.secrets_provider], cwd=Path(folder))
                write_private(self.encryption, next(Path(folder).rglob(self.config_file.name)).read_bytes())
        self.write_config_file()

    def _take_over(self) -> bool:
        """Whether another machine made the stack in this backend; its encryption is taken from there then."""
        done = self.run(["stack", "export", "--stack", self.stack])
        if done.returncode != 0:
            return False
        provider = (json.loads(done.stdout).get("deployment") or {}).get("secrets_providers") or {}
        state = provider.get("state") or {}
        match provider.get("type"):
            case "passphrase":
                found = {"encryptionsalt": state["salt"]}
            case "cloud":
                found = {"secretsprovider": state["url"], "encryptedkey": state["encryptedkey"]}
            case _:
                # Made and never brought up: it holds nothing, not even a key.
                self.checked(["stack", "rm", self.stack, "--yes"])
                return False
        write_private(self.encryption, yaml.safe_dump(found).encode())
        return True

    def write_config_file(self) -> None:
        """Bring the copy of the settings to what they are now."""
        encryption = yaml.safe_load(self.encryption.read_text(encoding="utf-8"))
        text = yaml.safe_dump({"config": dict(self.config()), **encryption}, sort_keys=False)
        self.config_file.write_text(text, encoding="utf-8")

    def pulumi(self, arguments: Sequence[str]) -> int:
        """Run the CLI on this stack with its output shown; returns its exit code.

        Raises:
            StackError: The stack is not there.
            SettingsError: There is no file of settings.
        """
        return self.run(self.command(arguments), capture=False).returncode

    def command(self, arguments: Sequence[str]) -> list[str]:
        """Arguments of the CLI for a command on this stack; the copy of the settings is current afterwards.

        Raises:
            StackError: The stack is not there.
        """
        if not self.encryption.exists():
            msg = f"There is no stack {self.stack!r} on this machine. Run `{self.start}`."
            raise StackError(msg)
        settled = arguments[0] in TAKE_CONFIG if arguments else False
        if settled and arguments[0] != "destroy":  # That one takes what is there, whatever the settings say by now.
            self.write_config_file()
        config = ["--config-file", str(self.config_file)] if settled else []
        return [*arguments, "--stack", self.stack, "--non-interactive", *config]

    def run(
        self,
        arguments: Sequence[str],
        *,
        capture: bool = True,
        cwd: Path = REPOSITORY,
        extra: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run the CLI with exactly these arguments and `extra` variables; the exit code is the caller's to judge."""
        looks = "preview" in arguments[:1] or "--preview-only" in arguments
        environment = {**os.environ, **self.environment, **(CHANGES_NOTHING if looks else {}), **(extra or {})}
        return subprocess.run(
            ["pulumi", *arguments], cwd=cwd, env=environment, capture_output=capture, text=True, check=False
        )

    def checked(self, arguments: Sequence[str], cwd: Path = REPOSITORY) -> str:
        """What the CLI printed.

        Raises:
            StackError: It failed; the message has what it said.
        """
        done = self.run(arguments, cwd=cwd)
        if done.returncode != 0:
            msg = f"`pulumi {' '.join(arguments)}` failed: {done.stderr.strip() or done.stdout.strip()}"
            raise StackError(msg)
        return done.stdout

    def unlock(self) -> None:
        """Take away the lock that a killed run left in a folder; in a bucket it may be another machine's, and stays.

        Raises:
            StackError: Another run is at work.
        """
        folder = folder_of(self.environment["PULUMI_BACKEND_URL"])
        held = list((folder / ".pulumi" / "locks").rglob("*.json")) if folder else []
        for lock in held:
            with suppress(OSError, ValueError, KeyError):
                holder = int(json.loads(lock.read_text(encoding="utf-8"))["pid"])
                if Path("/proc", str(holder)).exists():
                    msg = f"The engine is at work on {self.stack} (process {holder}). Wait for it to end, or end it."
                    raise StackError(msg)
        if held:
            self.checked(["cancel", "--yes", "--stack", self.stack])

    def deployment(self) -> dict[str, Any]:
        """What the state has: `resources`, `pending_operations`; secrets encrypted."""
        exported = json.loads(self.checked(["stack", "export", "--stack", self.stack]))
        return dict(exported.get("deployment") or {})

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secret ones as `[secret]`."""
        return dict(json.loads(self.checked(["stack", "output", "--json", "--stack", self.stack])))


def common_environment() -> dict[str, str]:
    """What the CLI is run with for every stack."""
    return {
        "PATH": engine_path(),
        "PULUMI_HOME": str(PULUMI_HOME),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        **BYTECODE,
    }
