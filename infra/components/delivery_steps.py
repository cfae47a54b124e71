"""What a build does: the commands of the Makefile, as steps of Cloud Build.

Owns: which commands a pull request and a push run, and how a command becomes a step. The steps are part of the trigger
and not of a file in the repository: what a pull request changes can't change which account its build runs as, how long,
or which commands are run. It can change what a command does, so what the account may do is all that counts.

The release flow around them (promotion by digest, roll-back, reports to the pull request) gets its steps here, in PUSH
and PULL_REQUEST.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from infra.settings_gcp import DeliverySettings

if TYPE_CHECKING:
    from pulumi_gcp.cloudbuild import TriggerBuildArgsDict, TriggerBuildOptionsArgsDict, TriggerBuildStepArgsDict

_WORKSPACE: Final = "/workspace"
"""Where Cloud Build puts the commit, and the only folder that outlives a step."""
_HOME: Final = "/builder/home"
"""Home of every step; Cloud Build keeps credentials for the project's registry there."""
_ENVIRONMENT: Final = {
    "A_TU_MANO_CACHE": f"{_WORKSPACE}/.cache/a-tu-mano",
    "A_TU_MANO_STATE": f"{_WORKSPACE}/.state/a-tu-mano",
}
"""Tools that one step builds, the next one finds."""
_RELEASE: Final = f"{_WORKSPACE}/.state/release.json"
"""The images of this build by digest: what is packaged is what is deployed."""
_PREPARE: Final = (
    "apt-get -qq update && "
    "apt-get -qq -y --no-install-recommends install buildah git make python3 python3-venv > /dev/null"
)
_QUEUE_SECONDS: Final = 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One command of the Makefile."""

    id: str
    """Name of the step."""
    targets: tuple[str, ...]
    """Targets of `make`, in order."""
    of_stack: bool = False
    """Whether it works on the stack; tests know of none, and would take it for theirs."""
    privileged: bool = False
    """Whether it builds images or runs a Kubernetes, for which a step of Cloud Build has no right of its own."""


_CHECKS: Final = Step(id="checks", targets=("lint", "types", "unit", "contract"))
_END_TO_END: Final = Step(id="end-to-end", targets=("e2e",), privileged=True)
PULL_REQUEST: Final = (_CHECKS, _END_TO_END)
"""What a pull request is asked: nothing is packaged, nothing is deployed."""
PUSH: Final = (
    _CHECKS,
    _END_TO_END,
    Step(id="images", targets=("images",), of_stack=True, privileged=True),
    Step(id="deploy", targets=("tools", "up"), of_stack=True),
    Step(id="smoke", targets=("smoke",), of_stack=True),
)
"""What a push does: tests, images by digest into the release file, `pulumi up` with those, and a look at the result."""


def build(steps: Sequence[Step], settings: DeliverySettings, stack: str, trigger: str) -> "TriggerBuildArgsDict":
    """The build of a trigger."""
    options: TriggerBuildOptionsArgsDict = {
        # A build with an account of its own can't have its log in Google's bucket.
        "logging": "CLOUD_LOGGING_ONLY",
        "envs": [f"{name}={value}" for name, value in _ENVIRONMENT.items()],
    }
    if settings.machine is not None:
        options["machine_type"] = settings.machine
    return {
        "steps": [_step(step, settings, stack) for step in steps],
        "timeout": f"{settings.minutes * 60}s",
        "queue_ttl": f"{_QUEUE_SECONDS}s",
        "tags": [stack, trigger],
        "options": options,
    }


def _step(step: Step, settings: DeliverySettings, stack: str) -> "TriggerBuildStepArgsDict":
    variables = [f"STACK={stack}", f"A_TU_MANO_IMAGES={_RELEASE}"] if step.of_stack else []
    command = f"{_PREPARE} && make {' '.join([*step.targets, *variables])}"
    if not step.privileged:
        return {
            "id": step.id,
            "name": settings.builder,
            "entrypoint": "bash",
            "args": ["-euo", "pipefail", "-c", command],
        }
    return {
        "id": step.id,
        "name": settings.launcher,
        "entrypoint": "docker",
        "args": [
            "run",
            "--rm",
            "--privileged",
            # Where the metadata server is, of which the account's credentials are had.
            "--network=cloudbuild",
            f"--volume={_WORKSPACE}:{_WORKSPACE}",
            f"--volume={_HOME}:{_HOME}",
            f"--workdir={_WORKSPACE}",
            f"--env=HOME={_HOME}",
            *(f"--env={name}" for name in _ENVIRONMENT),
            settings.builder,
            "bash",
            "-euo",
            "pipefail",
            "-c",
            command,
        ],
    }
