"""One act of a rehearsal: `python -m local.rehearsal.act NAME STACK`; 1 and a sentence if it does not come out right.

Besides what `local.cloud` does to a real stack (preview, drift, pulumi, env, endpoints), the acts are the functions
below, by name.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from infra.components.pods import PURPOSE
from infra.components.pools import DATABASE
from infra.errors import ATuManoError
from infra.settings_models import StackSettings
from local.rehearsal.place import STACKS, enter

enter()

from local import bootstrap, cloud, gke, images, operations, smoke  # noqa: E402 - in the rehearsal's place
from local.operations import complain, say  # noqa: E402
from local.paths import KUBECONFIG, REPOSITORY, STATE  # noqa: E402
from local.rehearsal import exposure, stage  # noqa: E402
from local.workspace import StackError  # noqa: E402


def settings(stack: str) -> StackSettings:
    """The rehearsed settings."""
    return StackSettings.model_validate({k.partition(":")[2]: v for k, v in stage.config(stack).items()})


def world(stack: str) -> int:
    """A cloud with nothing but an open billing account; what earlier rehearsals left is gone, in the cluster too."""
    for left_behind in (*(STATE / other for other in STACKS), stage.CLOUD):
        shutil.rmtree(left_behind, ignore_errors=True)
    stage.remove_namespaces(stack)
    return _gcp(stack, "billing-account", stage.billing_account(stack))


def cluster(stack: str) -> int:
    """The local cluster gets what GKE has and it has not; its one node is of every pool."""
    found = settings(stack).gcp
    if found is None:
        msg = f"The stack {stack!r} has no GCP project: there is nothing to rehearse."
        raise StackError(msg)
    labels = gke.node_labels(zone=found.zone or f"{found.region}-b", pool=DATABASE, own={PURPOSE: DATABASE})
    gke.up(KUBECONFIG, labels)
    stage.trust_the_cluster()
    return 0


def deliver(stack: str) -> int:
    """Every image is on the node."""
    images.make("node", stack)
    return 0


def make_state(stack: str) -> int:
    """`make bootstrap`, and again, which changes nothing."""
    os.environ["BITBUCKET_TOKENS"] = str(stage.tokens())
    for _ in range(2):
        code = bootstrap.run(stack, settings(stack), stage.environment(stack))
        if code:
            return code
    return 0


def platform(stack: str) -> int:
    """What `make up` does first on a bare project: everything but the shop, so that images can be pushed."""
    work = stage.workspace(stack)
    work.init()
    return operations.up(operations.without_images(work))


def up(stack: str) -> int:
    """Everything."""
    return operations.up(stage.workspace(stack), may_go=cloud.replaceable(os.environ))


def ask(stack: str) -> int:
    """The endpoints answer, and a customer buys."""
    http_port, https_port, authority = gke.reach()
    reach = smoke.Reach({"http": http_port, "https": https_port}, authority)
    with smoke.client(reach) as http:
        return smoke.smoke(stage.workspace(stack).outputs()["endpoints"], http, shop=True)


def unchanged(stack: str) -> int:
    """The second preview is empty."""
    return stage.workspace(stack).pulumi(["preview", "--expect-no-changes", "--color", "never"])


def refreshed(stack: str) -> int:
    """So is one after the state was compared with the cloud."""
    work = stage.workspace(stack)
    code = work.pulumi(["refresh", "--yes", "--skip-preview", "--color", "never"])
    return code or unchanged(stack)


def secrets(stack: str) -> int:
    """No secret is anywhere in plain text."""
    found = exposure.exposed(stage.workspace(stack), STATE)
    for place in found:
        complain(place)
    return 1 if found else 0


def down(stack: str) -> int:
    """With UNPROTECT=yes protection is lifted, everything removed, and nothing left in cloud and cluster."""
    unprotect = os.environ.get("UNPROTECT") == "yes"
    code = operations.down(stage.workspace(stack, protect=not unprotect), unprotect=unprotect)
    return code or left(stack)


def left(stack: str) -> int:
    """Nothing of the stack is left but what GCP itself never deletes; the place of its state stays on purpose."""
    command = [sys.executable, "-m", "local.gcp", "leftovers", "--json"]
    environment = {**os.environ, **stage.environment(stack)}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    found = [entry for entry in json.loads(done.stdout)["left"] if entry["urn"].startswith(f"urn:pulumi:{stack}::")]
    names = [f"{entry['type']} {entry['id']}" for entry in found] + stage.namespaces(settings(stack))
    for name in names:
        complain(f"{name} is left.")
    return 1 if names else 0


def close(stack: str) -> int:
    """The cluster goes, and with it all that the rehearsal kept."""
    gke.down(KUBECONFIG)
    code = subprocess.run([sys.executable, "-m", "local.cluster", "down"], cwd=REPOSITORY, check=False).returncode
    if code == 0:
        shutil.rmtree(STATE)
        say(f"{stack} was rehearsed and is gone.")
    return code


def summary(stack: str) -> int:
    """What is up and what to do with it."""
    _, https_port, authority = gke.reach()
    host = settings(stack).public_url.removeprefix("https://")
    say(
        f"\n{stack} is up, in an emulated cloud:\n\n"
        f"  curl --cacert {authority} --connect-to {host}:443:127.0.0.1:{https_port} https://{host}/\n\n"
        f"  make rehearse STACK={stack} DO=preview    what the next run would do\n"
        f"  make rehearse STACK={stack} DO=drift      compare the cloud with the state\n"
        f"  make rehearse STACK={stack} DO=down UNPROTECT=yes    remove the stack\n"
        f"  make rehearse STACK={stack} DO=close      remove cluster and cloud"
    )
    return 0


def _gcp(stack: str, *arguments: str) -> int:
    command = [sys.executable, "-m", "local.gcp", *arguments]
    environment = {**os.environ, **stage.environment(stack)}
    return subprocess.run(command, cwd=REPOSITORY, env=environment, check=False).returncode


ACTS: Mapping[str, Callable[[str], int]] = {
    "world": world, "cluster": cluster, "images": deliver, "bootstrap": make_state, "platform": platform, "up": up,
    "smoke": ask, "unchanged": unchanged, "refreshed": refreshed, "secrets": secrets, "down": down, "left": left,
    "close": close, "summary": summary,
}  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; returns the exit code."""
    name, stack, *rest = arguments
    try:
        if name in ACTS:
            return ACTS[name](stack)
        return cloud.command(name, stage.workspace(stack), rest, os.environ)
    except (StackError, ATuManoError, images.ImageError, gke.StandInError) as error:
        complain(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
