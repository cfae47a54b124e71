"""The place of a GCP stack's state, made before the stack: `python -m local.bootstrap STACK`; safe to repeat.

The bucket can't keep the state of what makes it before it is there. So the first run keeps that state on this machine,
makes project, keys and bucket, moves the state into the bucket, and makes the secrets only then: none of them is ever
in a state on this machine. Every later run, on any machine, finds the state in the bucket. A run that was killed is
continued where it stopped; until the state was moved, on the machine it was begun on.

Access tokens of Bitbucket are asked for once, on the terminal, without being shown. Without a terminal, and to replace
them, BITBUCKET_TOKENS names a file of lines `authorizer=TOKEN` and `read=TOKEN` that only you can read.
"""

import getpass
import json
import os
import re
import secrets
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml
from pulumi import automation

from infra import bootstrap, state
from infra.errors import ATuManoError
from infra.naming import Naming
from infra.settings import load_settings
from infra.settings_gcp import GcpSettings
from infra.settings_models import StackSettings
from local import heal
from local.hints import hint
from local.operations import complain, say
from local.paths import STATE, private
from local.workspace import StackError, Workspace, backend_in, folder_of

_PROJECT: Final = "name: a-tu-mano\nruntime: python\n"
"""The project of the CLI's folder; the program itself runs in this process, so that no secret leaves it by a file."""
_NAMES: Final = {"authorizer": state.AUTHORIZER, "read": state.READER}
_SCOPES: Final = {
    state.AUTHORIZER: "scopes repository:admin, pullrequest, webhook",
    state.READER: "scope repository",
}
"""What each access token may do. Source: cloud.google.com/build/docs/automating-builds/bitbucket."""
_TOKEN: Final = re.compile(r"[!-~]{8,4096}")
_NOT_THERE: Final = re.compile(r"no stack named|bucket doesn't exist|unable to open state directory .*no such file")
"""What the CLI says where the stack, the bucket, or the folder that stands for it is not there yet."""
_LOCK: Final = re.compile(r"created by \S+@(\S+) \(pid (\d+)\)")
_SOON: Final = re.compile(
    r"has not been used in project|SERVICE_DISABLED|Permission denied on Cloud KMS key"
    r"|Service account \S+ does not exist|useToEncrypt.* denied"
)
"""What Google refuses for a minute or two after an API was enabled, an account made, or a role granted.

Source: cloud.google.com/iam/docs/access-change-propagation."""
_TRIES: Final = 5
_PAUSE_SECONDS: Final = 30
_VERSION: Final = "gcp:secretmanager/secretVersion:SecretVersion"


def run(stack: str, settings: StackSettings, environment: Mapping[str, str]) -> int:
    """Bring the place of the stack's state to what the program declares; returns the engine's exit code.

    Args:
        stack: Name of the stack, e.g. "dev".
        settings: Its settings.
        environment: Variables the CLI is run with. PULUMI_BACKEND_URL is the stack's own backend, the bucket; a
            rehearsal names a folder that stands for it.

    Raises:
        StackError: The stack has no GCP project, the bucket can't be reached, or a token is missing.
    """
    cloud = _cloud(stack, settings)
    bucket = _in_the_bucket(stack, settings, cloud, environment)
    kept = _resources(bucket)
    tokens = _tokens(stack, cloud, kept)
    names = Naming(prefix=settings.prefix, stack=stack)
    first = _on_this_machine(bucket)
    if not kept:
        code = _up(first, bootstrap.Bootstrap(names=names, settings=cloud, tokens={}, secrets=False))
        if code:
            return code
        _move(first, bucket)
    shutil.rmtree(first.folder, ignore_errors=True)
    code = _up(bucket, bootstrap.Bootstrap(names=names, settings=cloud, tokens=tokens, secrets=True))
    if code == 0:
        say(f"The state of {stack} is kept in {bucket.environment['PULUMI_BACKEND_URL']}.")
    return code


def ensure(stack: str, settings: StackSettings, environment: Mapping[str, str]) -> int:
    """`run`, unless it was done before; asks for no right to decrypt anything, so that a build may ask.

    Raises:
        StackError: As `run`.
    """
    bucket = _in_the_bucket(stack, settings, _cloud(stack, settings), environment)
    done = bucket.run(["stack", "ls", "--json"])
    if done.returncode == 0 and any(
        found["name"].split("/")[-1] == bucket.stack and found.get("resourceCount") for found in json.loads(done.stdout)
    ):
        return 0
    return run(stack, settings, environment)


def _cloud(stack: str, settings: StackSettings) -> GcpSettings:
    if settings.gcp is None:
        msg = f"The stack {stack!r} has no GCP project: nothing is to be made for its state."
        raise StackError(msg)
    return settings.gcp


def _in_the_bucket(
    stack: str, settings: StackSettings, cloud: GcpSettings, environment: Mapping[str, str]
) -> Workspace:
    place = state.of(Naming(prefix=settings.prefix, stack=stack), cloud)
    # Beside the state of the stack `local`, which `make down` removes.
    home = STATE / stack if cloud.rehearsal else STATE.with_name(f"{STATE.name}-{stack}")
    in_a_bucket = environment["PULUMI_BACKEND_URL"].startswith("gs://")
    return Workspace(
        stack=f"{stack}-state",
        folder=private(home / "bootstrap"),
        config=dict,
        environment=environment,
        secrets_provider=place.bootstrap_secrets_provider if in_a_bucket else "passphrase",
        start=f"make bootstrap STACK={stack}",
    )


def _on_this_machine(bucket: Workspace) -> Workspace:
    folder = bucket.folder / "first"
    return Workspace(
        stack=bucket.stack,
        folder=folder,
        config=dict,
        # Nothing secret is ever in this state; the engine wants a passphrase nevertheless.
        environment={
            **bucket.environment,
            "PULUMI_BACKEND_URL": backend_in(folder / "backend"),
            "PULUMI_CONFIG_PASSPHRASE": "",
        },
        start=bucket.start,
    )


def _resources(workspace: Workspace) -> list[dict[str, Any]]:
    """What the state has; nothing where it or its bucket is not there yet.

    Raises:
        StackError: The bucket can't be reached.
    """
    done = workspace.run(["stack", "export", "--stack", workspace.stack])
    if done.returncode == 0:
        return list((json.loads(done.stdout).get("deployment") or {}).get("resources") or [])
    said = done.stderr.strip() or done.stdout.strip()
    if _NOT_THERE.search(said):
        return []
    url = workspace.environment["PULUMI_BACKEND_URL"]
    msg = f"{url} can't be read: {said} {hint(said, workspace.stack.removesuffix('-state'))}"
    raise StackError(msg)


def _up(workspace: Workspace, told: bootstrap.Bootstrap) -> int:
    """Run the program on one of the two states; returns the engine's exit code."""
    private(workspace.folder)
    _ready(workspace)
    workspace.init()
    engine = _engine(workspace, told)
    for left in reversed(range(_TRIES)):
        try:
            for operation in heal.pending(workspace):
                say(f"An interrupted run was {heal.describe(operation)}; it is looked for.")
            heal.heal(workspace)
            engine.up(on_output=say, color="never", suppress_progress=True)
        except (StackError, automation.CommandError) as error:
            said = str(error)
            if left and _holder_is_gone(said):
                workspace.checked(["cancel", "--yes", "--stack", workspace.stack])
            elif left and _SOON.search(said):
                say(f"What was just granted or enabled is not known everywhere at Google; again in {_PAUSE_SECONDS} s.")
                time.sleep(_PAUSE_SECONDS)
            else:
                for line in _errors(said):
                    complain(f"{line}\n  {hint(line, told.names.stack)}")
                return 1
        else:
            return 0
    return 1


def _ready(workspace: Workspace) -> None:
    """Make the folder of a backend that is one; a bucket is made by the program."""
    folder = folder_of(workspace.environment["PULUMI_BACKEND_URL"])
    if folder is not None:
        private(folder)


def _engine(workspace: Workspace, told: bootstrap.Bootstrap) -> automation.Stack:
    """The CLI on that state, with the program in this process."""
    (workspace.folder / "Pulumi.yaml").write_text(_PROJECT, encoding="utf-8")
    found = shutil.which("pulumi", path={**os.environ, **workspace.environment}["PATH"])
    if found is None:
        msg = "The Pulumi CLI was not found. Run `make tools`."
        raise StackError(msg)
    return automation.Stack.select(
        workspace.stack,
        automation.LocalWorkspace(
            work_dir=str(workspace.folder),
            program=lambda: bootstrap.program(told),
            env_vars=workspace.environment,
            pulumi_command=automation.PulumiCommand(root=str(Path(found).parent.parent)),
        ),
    )


def _holder_is_gone(said: str) -> bool:
    """Whether all that hold the lock are processes of this machine that are no more."""
    holders = _LOCK.findall(said)
    return bool(holders) and all(
        host == socket.gethostname() and not Path("/proc", process).exists() for host, process in holders
    )


def _errors(said: str) -> list[str]:
    """What went wrong, each once and with its resource where it has one, out of all that the engine said."""
    found: dict[str, str] = {}
    for line in said.splitlines():
        resource, sign, message = line.strip().partition("error: ")
        if sign and (resource or message not in found):
            found[message] = f"{resource}{sign}{message}"
    return list(found.values()) or [said.strip()]


def _move(first: Workspace, bucket: Workspace) -> None:
    """Take the state from this machine into the bucket; the one here is removed by the caller."""
    # All that the provider calls a secret there are labels.
    exported = json.loads(first.checked(["stack", "export", "--stack", first.stack, "--show-secrets"]))
    _ready(bucket)
    bucket.init()
    exported["deployment"]["secrets_providers"] = _encryption(bucket)
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(exported, file)
        file.flush()
        bucket.checked(["stack", "import", "--file", file.name, "--stack", bucket.stack])


def _encryption(workspace: Workspace) -> dict[str, Any]:
    """What a state is encrypted with, as the state itself says it."""
    known = yaml.safe_load(workspace.encryption.read_text(encoding="utf-8"))
    if "encryptionsalt" in known:
        return {"type": "passphrase", "state": {"salt": known["encryptionsalt"]}}
    return {"type": "cloud", "state": {"url": known["secretsprovider"], "encryptedkey": known["encryptedkey"]}}


def _tokens(stack: str, cloud: GcpSettings, kept: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """New access tokens by secret: those a file has, and those that are not there yet.

    Raises:
        StackError: One is missing or the file is not as it has to be.
    """
    there = {resource["urn"].split("::")[-1] for resource in kept if resource["type"] == _VERSION}
    file = os.environ.get("BITBUCKET_TOKENS")
    given = _read(Path(file).expanduser()) if file else {}
    missing = [secret for secret in state.TOKENS if secret not in there | given.keys()]
    if missing and cloud.rehearsal:
        return given | {secret: secrets.token_urlsafe() for secret in missing}
    return given | {secret: _ask(stack, cloud, secret) for secret in missing}


def _ask(stack: str, cloud: GcpSettings, secret: str) -> str:
    if not sys.stdin.isatty():
        msg = (
            f"The access token {secret} of Bitbucket is not there yet, and there is no terminal to ask at. Write "
            f"the lines `authorizer=TOKEN` and `read=TOKEN` into a file only you can read, then run "
            f"`make bootstrap STACK={stack} BITBUCKET_TOKENS=FILE`."
        )
        raise StackError(msg)
    bitbucket = cloud.delivery.bitbucket
    say(
        f"{secret}: an access token of {bitbucket.workspace}/{bitbucket.repository} with {_SCOPES[secret]} "
        "(Bitbucket: Repository settings > Access tokens)."
    )
    while True:
        token = getpass.getpass("  Paste it, it is not shown: ").strip()
        if _TOKEN.fullmatch(token):
            return token
        say("  That is no access token: at least 8 characters without spaces are required.")


def _read(file: Path) -> dict[str, str]:
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"BITBUCKET_TOKENS is {str(file)!r}, which can't be read ({error}). Name a file of lines `read=TOKEN`."
        raise StackError(msg) from None
    if mode & 0o077:
        msg = f"BITBUCKET_TOKENS is {str(file)!r}, which others can read. Run: chmod 600 {file}"
        raise StackError(msg)
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, _, token = line.partition("=")
        # The line itself is not repeated: it may be a token.
        if name.strip() not in _NAMES or not _TOKEN.fullmatch(token.strip()):
            msg = f"{file}:{number}: is no access token. A line `authorizer=TOKEN` or `read=TOKEN` is required."
            raise StackError(msg)
        found[_NAMES[name.strip()]] = token.strip()
    return found


def main(arguments: Sequence[str]) -> int:
    """`make bootstrap STACK=…`; returns the exit code."""
    if len(arguments) != 1:
        complain(str(__doc__))
        return 2
    from local import cloud  # noqa: PLC0415 - which itself runs this module

    [stack] = arguments
    try:
        return run(stack, load_settings(stack), cloud.workspace(stack).environment)
    except (StackError, ATuManoError) as error:
        complain(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
