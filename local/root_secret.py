"""The Secret that every password of the stack derives from; it lives in the cluster, with the data it guards."""

import secrets
import warnings
from base64 import b64encode
from pathlib import Path
from typing import Any

# It knows the versions of its own release day; the objects used here are the same in all of them.
warnings.filterwarnings("ignore", message="Kubernetes version", module="kr8s")

import kr8s  # noqa: E402
from kr8s.objects import Namespace, Secret  # noqa: E402

from infra.settings_models import CredentialSettings  # noqa: E402

_OURS = {"app.kubernetes.io/managed-by": "a-tu-mano"}


def ensure(kubeconfig: Path, where: CredentialSettings) -> None:
    """Make the Secret and its namespace unless they are there."""
    api = _api(kubeconfig)
    namespace = Namespace({"metadata": {"name": where.namespace, "labels": _OURS}}, api=api)
    if not namespace.exists():
        namespace.create()
    secret = Secret(
        {
            "metadata": {"name": where.name, "namespace": where.namespace},
            "data": {"root": b64encode(b64encode(secrets.token_bytes(32))).decode()},
        },
        api=api,
    )
    if not secret.exists():
        secret.create()


def remove(kubeconfig: Path, where: CredentialSettings) -> None:
    """Remove the Secret, and its namespace if `ensure` made that."""
    api = _api(kubeconfig)
    secret = Secret({"metadata": {"name": where.name, "namespace": where.namespace}}, api=api)
    if secret.exists():
        secret.delete()
    namespace = Namespace({"metadata": {"name": where.namespace}}, api=api)
    if namespace.exists():
        namespace.refresh()
        if _OURS.items() <= dict(namespace.labels).items():
            namespace.delete()
            namespace.wait("delete")


def _api(kubeconfig: Path) -> Any:
    return kr8s.api(kubeconfig=str(kubeconfig))
