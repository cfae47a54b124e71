"""The stack of a rehearsal as the engine sees it: the same program and operations, other surroundings."""

import base64
import os
import secrets
import warnings
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from infra import settings_file
from infra.settings_images import IMAGES_VARIABLE
from infra.settings_models import NamespaceSettings, StackSettings
from local import gke
from local.cluster.pki import write_private
from local.paths import IMAGES, KUBECONFIG, PASSPHRASE, REPOSITORY, STATE, private
from local.rehearsal.overlay import rehearsed
from local.rehearsal.place import CLOUD_VARIABLE, CLUSTER_VARIABLE, STACKS
from local.workspace import Workspace, backend_in, common_environment, engine_path
from policies.waivers import Waiver

CLOUD: Final = STATE / "gcp"
"""The emulated cloud; one for all stacks, as there is one GCP."""
TRUST: Final = STATE / "authorities.crt"
"""Whom the engine trusts: the cluster's own authority besides the machine's, as GKE's DNS endpoint has a public one."""
ACCEPTED: Final = tuple(
    Waiver(
        id=f"REHEARSAL-{rule}", check=rule, resource=resource, stacks=STACKS, reason=reason,
        owner="docs/rehearsal.md", expires=date.max,
    )
    for rule, resource, reason in (
        ("workload-image-digest", "*", "The images of a rehearsal are in no registry that gives digests."),
        ("data-volume-class", "* mongodb-data", "Behind the stack's own class are disks of Compute Engine."),
    )
)  # fmt: skip
"""What the gate accepts of a rehearsed stack besides policies/waivers.yaml."""
_STAND_INS: Final = (REPOSITORY / "local" / "gcp" / "bin", REPOSITORY / "local" / "rehearsal" / "bin")
_MACHINE_TRUST: Final = Path("/etc/ssl/certs/ca-certificates.crt")


def bucket(stack: str) -> Path:
    """The folder that stands for the bucket of the stack's state."""
    return STATE / stack / "bucket"


def workspace(stack: str, *, protect: bool = True) -> Workspace:
    """The rehearsed stack.

    Raises:
        SettingsError: The stack's file can't be read.
    """
    return Workspace(
        stack=stack,
        folder=private(STATE / stack),
        config=lambda: config(stack, protect=protect),
        environment=environment(stack),
        start=f"make rehearse STACK={stack}",
        waivers=ACCEPTED,
    )


def environment(stack: str) -> dict[str, str]:
    """What the CLI is run with; the provider and the credential plugin on PATH are the stand-ins."""
    private(STATE)
    if not PASSPHRASE.exists():
        write_private(PASSPHRASE, secrets.token_urlsafe(32).encode())
    return {
        **common_environment(),
        "PATH": engine_path(*_STAND_INS),
        "PULUMI_BACKEND_URL": backend_in(bucket(stack)),
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(PASSPHRASE),
        IMAGES_VARIABLE: os.environ.get(IMAGES_VARIABLE) or str(IMAGES),
        CLOUD_VARIABLE: str(CLOUD),
        CLUSTER_VARIABLE: str(KUBECONFIG) if KUBECONFIG.exists() else "",
        "SSL_CERT_FILE": str(TRUST),
    }


def config(stack: str, *, protect: bool = True) -> dict[str, Any]:
    """What the engine is given: the stack's file and what a rehearsal adds to it."""
    where = settings_file.name_of(stack)
    # Without a cluster (A_TU_MANO_IMAGES=none) nothing passes requests on.
    ranges = gke.proxy_ranges(KUBECONFIG) if KUBECONFIG.exists() else ()
    values = rehearsed(settings_file.read(REPOSITORY / where, where), ranges)
    if not protect:
        values["a-tu-mano:gcp"]["protect"] = False
    return values


def tokens() -> Path:
    """A file of Bitbucket access tokens that open nothing, for `make bootstrap`."""
    file = STATE / "tokens"
    if not file.exists():
        lines = "".join(f"{name}={secrets.token_urlsafe(32)}\n" for name in ("authorizer", "read"))
        write_private(file, lines.encode())
    return file


def trust_the_cluster() -> None:
    """Write the file of authorities that the engine's processes trust."""
    kubeconfig = yaml.safe_load(KUBECONFIG.read_text(encoding="utf-8"))
    own = base64.b64decode(kubeconfig["clusters"][0]["cluster"]["certificate-authority-data"])
    public = _MACHINE_TRUST.read_bytes() if _MACHINE_TRUST.exists() else b""
    TRUST.write_bytes(public + own)


def billing_account(stack: str) -> str:
    """The billing account that the rehearsed settings name; the cluster need not be there yet."""
    where = settings_file.name_of(stack)
    values = rehearsed(settings_file.read(REPOSITORY / where, where))
    return str(values["a-tu-mano:gcp"]["project"]["billingAccount"])


def namespaces(settings: StackSettings) -> list[str]:
    """Namespaces of the stack that the cluster has, e.g. ["namespace shop"]."""
    return [f"namespace {found.name}" for found in _namespaces(settings.namespaces)]


def remove_namespaces(stack: str) -> None:
    """Take from the cluster, if there is one, what a rehearsal that did not end left there."""
    if not KUBECONFIG.exists():
        return
    where = settings_file.name_of(stack)
    raw = settings_file.read(REPOSITORY / where, where).get("a-tu-mano:namespaces") or {}
    found = _namespaces(NamespaceSettings.model_validate(raw))
    for namespace in found:
        namespace.delete()
    for namespace in found:
        namespace.wait("delete")


def _namespaces(settings: NamespaceSettings) -> list[Any]:
    # It knows the versions of its own release day; namespaces are the same in all of them.
    warnings.filterwarnings("ignore", message="Kubernetes version")
    import kr8s  # noqa: PLC0415 - takes half a second, which only this needs

    own = set(settings.model_dump().values()) - {settings.monitoring}
    api: Any = kr8s.api(kubeconfig=str(KUBECONFIG))
    return [found for found in api.get("namespaces") if found.name in own]
