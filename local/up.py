"""`make up`: from a bare Debian to the running shop. Standard library only: its first step makes the environment."""

import os
import sys
from collections.abc import Callable

from local import environment, packages
from local.paths import BYTECODE, LOGS, REPOSITORY, STATE, VENV, private
from local.steps import Log, Step, StepFailedError, alone, run
from local.toolchain import build

PYTHON = VENV / "bin" / "python"


def _module(*arguments: str) -> Callable[[Log], None]:
    """A step that runs one of this repository's modules in the environment."""

    def action(log: Log) -> None:
        log.run([PYTHON, "-m", *arguments], cwd=REPOSITORY)

    return action


def _packages_to_build_images(log: Log) -> None:
    if "buildah" in packages.missing():
        msg = "buildah was not found on PATH; it is required to build the images. Run: apt-get install buildah"
        raise StepFailedError(msg)
    log.say("buildah is there")


SETUP = (
    Step(name="environment", title="Python environment", action=environment.make),
    Step(
        name="settings",
        title="Settings of the stack",
        action=_module("infra.check", "local", "--settings-only"),
        needs=("environment",),
        hint="Correct what is named above and run the same command again.",
    ),
)
ENGINE = (
    Step(name="pulumi", title="Pulumi CLI", action=build.cli),
    Step(name="provider", title="Kubernetes provider of Pulumi", action=build.provider, needs=("pulumi",)),
)
IMAGES = Step(
    name="images",
    title="Images of the services",
    action=_module("local.images", "build"),
    needs=("environment", "packages"),
)


def own_cluster() -> list[Step]:
    """The project's own Kubernetes, built, started and given the images."""
    packages_step = Step(name="packages", title="Debian packages", action=packages.install)
    tools = Step(name="tools", title="Kubernetes, built from source", action=build.cluster)
    # One Go build at a time has all cores to itself; what only downloads runs beside it.
    engine = [Step(name=s.name, title=s.title, action=s.action, needs=(*s.needs, "tools")) for s in ENGINE]
    cluster = Step(
        name="cluster",
        title="One-node Kubernetes",
        action=_module("local.cluster", "up"),
        needs=("settings", "packages", "provider"),
        hint="`make status` tells which daemon is not well; `make down` and `make up` begin anew.",
    )
    return [*SETUP, packages_step, tools, IMAGES, *engine, cluster]


def named_cluster(context: str) -> list[Step]:
    """A Kubernetes of the user's, with a Gateway API implementation of its own."""
    return [
        *SETUP,
        *ENGINE,
        Step(name="packages", title="Image builder", action=_packages_to_build_images),
        IMAGES,
        Step(
            name="cluster",
            title=f"Kubernetes context {context}",
            action=_module("local.stack", "use", context),
            needs=("settings",),
        ),
    ]


def deployment() -> list[Step]:
    """From a cluster and images to the running shop."""
    return [
        Step(
            name="delivery",
            title="Images into the cluster",
            action=_module("local.images"),
            needs=("cluster", "images"),
            hint="IMAGES_TO says how images reach a cluster that is not the project's own: docs/existing-cluster.md.",
        ),
        Step(
            name="stack",
            title="pulumi up --stack local",
            action=_module("local.stack", "up"),
            needs=("delivery", "settings", "provider"),
            hint="`make status` shows the pods, `make logs SERVICE=orders` what a service says; then `make up` again.",
        ),
    ]


def _elsewhere(context: str | None) -> str | None:
    """Why this run would take the stack from one cluster to another, which would lose sight of the first; or None."""
    if context and (STATE / "cluster").exists():
        msg = f"CONTEXT is {context!r}, but the shop of {STATE} has a cluster of its own."
    elif not context and (STATE / "kubeconfig").exists():
        msg = f"The shop of {STATE} is in a cluster that you named, and CONTEXT is not set. Name it again."
    else:
        return None
    return f"{msg} Or run `make down` first, or set A_TU_MANO_STATE to another folder to have both."


def main() -> None:
    """Bring everything up and print where the shop is."""
    os.environ |= BYTECODE
    private(LOGS)
    lock = alone(STATE)  # noqa: F841 - held as long as this process lives
    context = os.environ.get("CONTEXT")
    if problem := _elsewhere(context):
        sys.exit(problem)
    run([*(named_cluster(context) if context else own_cluster()), *deployment()], LOGS)
    os.execv(PYTHON, [str(PYTHON), "-m", "local.stack", "summary"])  # noqa: S606 - one's own interpreter


if __name__ == "__main__":
    if sys.argv[1:] == ["setup"]:
        private(LOGS)
        run([SETUP[0]], LOGS)
    elif sys.argv[1:] == ["tools"]:
        private(LOGS)
        run([step for step in own_cluster() if step.name in {"packages", "tools", "pulumi", "provider"}], LOGS)
    else:
        main()
