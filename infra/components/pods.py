"""What every pod of the stack shares: the Pod Security standard `restricted`, and a root filesystem nobody writes to.

Source: kubernetes.io/docs/concepts/security/pod-security-standards#restricted; the read-only root is ours on top.
"""

from typing import TYPE_CHECKING, Final

from infra.settings_models import ResourceSettings

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import (
        PodSecurityContextArgsDict,
        PodSpecArgsDict,
        ResourceRequirementsArgsDict,
        SecurityContextArgsDict,
        VolumeArgsDict,
        VolumeMountArgsDict,
    )

USER: Final = 65532
"""User and group the images run as; no such user exists on a node."""
SECRETS_PATH: Final = "/run/secrets/a-tu-mano"
"""Where a pod finds its secrets, one file each."""
SECRET_MODE: Final = 0o440
"""Readable by the pod's group, which `fsGroup` makes the process a member of."""
PURPOSE: Final = "a-tu-mano/purpose"
"""Label of nodes, and key of their taint, that says what runs there."""


def pod_security() -> "PodSecurityContextArgsDict":
    """Security context of a pod."""
    return {
        "run_as_non_root": True,
        "run_as_user": USER,
        "run_as_group": USER,
        "fs_group": USER,
        "fs_group_change_policy": "OnRootMismatch",
        "seccomp_profile": {"type": "RuntimeDefault"},
    }


def container_security() -> "SecurityContextArgsDict":
    """Security context of a container."""
    return {
        "allow_privilege_escalation": False,
        "capabilities": {"drop": ["ALL"]},
        "read_only_root_filesystem": True,
    }


def resources(settings: ResourceSettings) -> "ResourceRequirementsArgsDict":
    """Requests and limits of a container."""
    limits = {"memory": settings.limits.memory}
    if settings.limits.cpu is not None:
        limits["cpu"] = settings.limits.cpu
    return {
        "requests": {"cpu": settings.requests.cpu, "memory": settings.requests.memory},
        "limits": limits,
    }


def scratch(size: str) -> tuple["VolumeArgsDict", "VolumeMountArgsDict"]:
    """A /tmp of at most `size`, gone with the pod."""
    return {"name": "tmp", "empty_dir": {"size_limit": size}}, {"name": "tmp", "mount_path": "/tmp"}  # noqa: S108


def secret_files(secret: str) -> tuple["VolumeArgsDict", "VolumeMountArgsDict"]:
    """The keys of a Secret as read-only files under SECRETS_PATH."""
    return (
        {"name": "secrets", "secret": {"secret_name": secret, "default_mode": SECRET_MODE}},
        {"name": "secrets", "mount_path": SECRETS_PATH, "read_only": True},
    )


def placed(spec: "PodSpecArgsDict", purpose: str | None) -> "PodSpecArgsDict":
    """The pod on nodes kept for `purpose`, e.g. "database"; where that is None, on any, and the spec as it was."""
    if purpose is None:
        return spec
    return {
        **spec,
        "node_selector": {PURPOSE: purpose},
        "tolerations": [{"key": PURPOSE, "operator": "Equal", "value": purpose, "effect": "NoSchedule"}],
    }
