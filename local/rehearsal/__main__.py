"""`make rehearse STACK=dev`: the stack from nothing to a shop that sells, looked at from all sides, and gone again.

Standard library only: its first step makes the environment. With KEEP=yes the rehearsed stack stays up to be looked at,
`make rehearse STACK=dev DO=down` takes it down; DO also is one of the commands of `local.rehearsal.act`.
"""

import os
import sys
from collections.abc import Callable

from local.rehearsal.place import STACKS, enter

enter()

from local.paths import BYTECODE, LOGS, REPOSITORY, STATE, private  # noqa: E402 - only now do they lead into the rehearsal
from local.steps import Log, Step, alone, run  # noqa: E402
from local.up import PYTHON, own_cluster  # noqa: E402


def steps(stack: str, *, keep: bool) -> list[Step]:
    """The rehearsal, step by step."""
    acts = [
        ("world", "An empty cloud with a billing account"),
        ("cluster", "What the cluster needs to stand in for GKE"),
        ("images", "Images into the cluster"),
        ("bootstrap", f"make bootstrap STACK={stack}"),
        ("platform", "pulumi up, everything but the shop"),
        ("up", f"pulumi up --stack {stack}"),
        ("smoke", "Endpoints answer, a customer buys"),
        ("unchanged", "A second preview changes nothing"),
        ("refreshed", "A preview after a refresh changes nothing"),
        ("drift", "No drift"),
        ("secrets", "No secret in outputs, logs, state, processes"),
    ]
    acts += [] if keep else [("down", "pulumi destroy leaves nothing")]
    # The settings are those of the rehearsed stack; a rehearsal itself checks them, with what it adds.
    made = [step for step in own_cluster() if step.name != "settings"]
    base = [
        Step(
            name=s.name, title=s.title, action=s.action, needs=tuple(n for n in s.needs if n != "settings"), hint=s.hint
        )
        for s in made
    ]
    previous: tuple[str, ...] = tuple(step.name for step in base)
    for name, title in acts:
        base.append(Step(name=f"{stack}-{name}", title=title, action=_act(name, stack), needs=previous))
        previous = (f"{stack}-{name}",)
    return base


def _act(name: str, stack: str) -> Callable[[Log], None]:
    def action(log: Log) -> None:
        log.run([PYTHON, "-m", "local.rehearsal.act", name, stack], cwd=REPOSITORY)

    return action


def main() -> None:
    """Rehearse the stack that the command line names."""
    stack = sys.argv[1] if len(sys.argv) > 1 else ""
    if stack not in STACKS:
        sys.exit(
            f"STACK is {stack!r}, one of {', '.join(STACKS)} is required: only those have a GCP project to rehearse."
        )
    os.environ |= BYTECODE
    private(LOGS)
    wanted = os.environ.get("DO")
    if wanted:
        os.execv(PYTHON, [str(PYTHON), "-m", "local.rehearsal.act", wanted, stack, *sys.argv[2:]])  # noqa: S606
    lock = alone(STATE)  # noqa: F841 - held as long as this process lives
    keep = os.environ.get("KEEP") == "yes"
    os.environ["UNPROTECT"] = "yes"  # The last step takes down what it found nothing of at its beginning.
    run(steps(stack, keep=keep), LOGS)
    if not keep:
        os.execv(PYTHON, [str(PYTHON), "-m", "local.rehearsal.act", "close", stack])  # noqa: S606
    os.execv(PYTHON, [str(PYTHON), "-m", "local.rehearsal.act", "summary", stack])  # noqa: S606


if __name__ == "__main__":
    main()
