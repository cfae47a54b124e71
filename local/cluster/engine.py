"""The Pulumi program of the add-ons, run in this process with a state of its own."""

import contextlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
from pulumi import automation

from local.cluster.api import Api
from local.cluster.errors import ClusterError
from local.cluster.manifests import GATEWAY_NAMESPACE
from local.cluster.paths import Paths
from local.cluster.pki import CONTEXT, write_private

_PROJECT, _STACK = "a-tu-mano-cluster", "addons"
_RELEASE, _RELEASE_TYPE = "envoy-gateway", "kubernetes:helm.sh/v3:Release"


@dataclass(frozen=True)
class Addons:
    """Manifests by the name of their group, Envoy Gateway's chart with its values, and what the chart defines."""

    groups: dict[str, list[dict[str, Any]]]
    chart: Path
    values: dict[str, Any]
    custom: list[dict[str, Any]]


def _declare(paths: Paths, addons: Addons) -> None:
    """Declare everything; what the groups need of each other is their order here."""
    provider = k8s.Provider("cluster", kubeconfig=str(paths.kubeconfig), context=CONTEXT)

    def group(name: str, *needs: pulumi.Resource) -> k8s.yaml.v2.ConfigGroup:
        options = pulumi.ResourceOptions(provider=provider, depends_on=list(needs))
        return k8s.yaml.v2.ConfigGroup(name, objs=addons.groups[name], opts=options)

    foundation = group("foundation")
    for name in ("dns", "metrics"):
        group(name, foundation)
    # The newer helm.v4.Chart leaves out the chart's hook that makes certificates, and never gets ready.
    release = k8s.helm.v3.Release(
        _RELEASE,
        name=_RELEASE,
        chart=str(addons.chart),
        namespace=GATEWAY_NAMESPACE,
        values=addons.values,
        timeout=180,
        opts=pulumi.ResourceOptions(provider=provider, depends_on=[foundation]),
    )
    # One by one, because a group asks what is namespaced, and was answered before the chart's definitions were there.
    for manifest in addons.custom:
        k8s.apiextensions.CustomResource(
            manifest["kind"],
            api_version=manifest["apiVersion"],
            kind=manifest["kind"],
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(provider=provider, depends_on=[release]),
        )


def _stack(paths: Paths, addons: Addons) -> automation.Stack:
    backend = paths.addons / "backend"
    backend.mkdir(mode=0o700, parents=True, exist_ok=True)
    passphrase = paths.addons / "passphrase"
    if not passphrase.exists():
        write_private(passphrase, secrets.token_urlsafe(24).encode())
    options = automation.LocalWorkspaceOptions(
        work_dir=str(paths.addons),
        pulumi_home=str(paths.pulumi_home),
        pulumi_command=automation.PulumiCommand(root=str(paths.cache)),
        project_settings=automation.ProjectSettings(
            name=_PROJECT, runtime="python", backend=automation.ProjectBackend(url=backend.as_uri())
        ),
        env_vars={
            "PULUMI_BACKEND_URL": backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase),
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        },
    )
    return automation.create_or_select_stack(
        _STACK, project_name=_PROJECT, program=lambda: _declare(paths, addons), opts=options
    )


def _forget_interrupted_release(stack: automation.Stack, api: Api) -> None:
    """Delete Helm's record of a release that an interrupted run began: Helm would refuse its name for ever.

    What the release made stays and is taken over by the next one of that name.
    """
    state = stack.export_stack().deployment or {}
    known = any(resource["type"] == _RELEASE_TYPE for resource in state.get("resources", []))
    pending = ",status in (pending-install,pending-upgrade,pending-rollback)" if known else ""
    api.delete_all(f"/api/v1/namespaces/{GATEWAY_NAMESPACE}/secrets", f"owner=helm,name={_RELEASE}{pending}")


def apply(paths: Paths, addons: Addons, api: Api) -> None:
    """Bring the add-ons to what is declared and wait until they are ready.

    Raises:
        ClusterError: an add-on did not become ready; the message has the engine's reasons and its log.
    """
    stack = _stack(paths, addons)
    log = paths.logs / "addons.log"
    # Whoever held the state's lock is gone, because `up` itself runs once at a time.
    with contextlib.suppress(automation.CommandError):
        stack.cancel()
    _forget_interrupted_release(stack, api)
    with log.open("w") as output:

        def write(line: str) -> None:
            output.write(line + "\n")
            output.flush()

        try:
            stack.up(on_output=write, color="never")
        except automation.CommandError as error:
            message = f"The add-ons did not become ready; the engine's whole account is {log}.\n{_reasons(str(error))}"
            raise ClusterError(message) from None


def _reasons(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if "error:" in line]
    return "\n".join(dict.fromkeys(lines)) or text[-2000:]
