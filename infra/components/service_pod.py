"""The pod of a service: the runtime contract between the program and the app, as a pod template."""

from typing import TYPE_CHECKING, Final

from infra.components import pods
from infra.naming import NAME_LABEL
from infra.settings_checks import url_variable
from infra.settings_images import Image
from infra.settings_models import ServiceSettings

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import (
        ContainerArgsDict,
        EnvVarArgsDict,
        PodSpecArgsDict,
        ProbeArgsDict,
        TopologySpreadConstraintArgsDict,
    )

TERMINATION_SECONDS: Final = 45
"""Time a pod has to end; the pause before it is told to, plus what a server may take to finish its requests."""
PRESTOP_SECONDS: Final = 15
"""Pause before a pod is told to end, in which proxies learn to leave it out."""


def spec(name: str, settings: ServiceSettings, image: Image, stack: str, public_url: str) -> "PodSpecArgsDict":
    """Pod of service `name`."""
    tmp, tmp_mount = pods.scratch("64Mi")
    secrets, secrets_mount = pods.secret_files(name)
    container: ContainerArgsDict = {
        "name": name,
        "image": image.reference,
        "env": environment(settings, image, stack, public_url),
        "ports": [
            {"name": "http", "container_port": settings.port},
            {"name": "metrics", "container_port": settings.metrics_port},
        ],
        "resources": pods.resources(settings.resources),
        "security_context": pods.container_security(),
        "startup_probe": _probe("/healthz", period=1, failures=180),
        # Only for a process that hangs: one that ends is started again without it. On a node short of CPU a hasty probe
        # would restart all pods at once, and their starts would take what CPU is left.
        "liveness_probe": _probe("/healthz", period=10, failures=6, timeout=10),
        "readiness_probe": _probe("/readyz", period=5, failures=2),
        "lifecycle": {"pre_stop": {"sleep": {"seconds": PRESTOP_SECONDS}}},
        "volume_mounts": [tmp_mount, secrets_mount],
    }
    return {
        "service_account_name": name,
        "automount_service_account_token": False,
        "enable_service_links": False,
        "termination_grace_period_seconds": TERMINATION_SECONDS,
        "security_context": pods.pod_security(),
        "topology_spread_constraints": [
            _spread(name, "topology.kubernetes.io/zone"),
            _spread(name, "kubernetes.io/hostname"),
        ],
        "containers": [container],
        "volumes": [tmp, secrets],
    }


def environment(settings: ServiceSettings, image: Image, stack: str, public_url: str) -> "list[EnvVarArgsDict]":
    """Environment variables of a service, sorted by name so that the order of settings changes no pod."""
    variables = {
        "STACK": stack,
        "SERVICE_VERSION": image.version,
        "PORT": str(settings.port),
        "METRICS_PORT": str(settings.metrics_port),
        "PUBLIC_URL": public_url,
        **{url_variable(callee): f"http://{callee}" for callee in settings.calls},
        **settings.environment,
    }
    return [{"name": name, "value": variables[name]} for name in sorted(variables)]


def _probe(path: str, *, period: int, failures: int, timeout: int = 3) -> "ProbeArgsDict":
    return {
        "http_get": {"path": path, "port": "http"},
        "period_seconds": period,
        "timeout_seconds": timeout,
        "failure_threshold": failures,
    }


def _spread(name: str, topology: str) -> "TopologySpreadConstraintArgsDict":
    # ScheduleAnyway: one zone or one node must still take all pods; on GKE the hard guarantee is a regional cluster.
    return {
        "max_skew": 1,
        "topology_key": topology,
        "when_unsatisfiable": "ScheduleAnyway",
        "label_selector": {"match_labels": {NAME_LABEL: name}},
        "match_label_keys": ["pod-template-hash"],
    }
