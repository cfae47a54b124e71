from pathlib import Path
from typing import cast

import pytest

from local.cluster import addons, engine, images
from local.cluster.api import Api
from local.cluster.engine import Addons
from local.cluster.errors import ClusterError
from local.cluster.network import Network
from local.cluster.paths import Paths
from local.cluster.pki import Pki

API = cast("Api", object())
"""Only handed on to the engine."""


@pytest.fixture
def pki(paths: Paths, network: Network) -> Pki:
    pki = Pki(paths.pki, network)
    pki.ensure()
    return pki


@pytest.fixture
def applied(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> list[Addons]:
    """What the engine is given, in order; a chart lies where the toolchain puts it."""
    chart = paths.charts / "gateway-helm"
    chart.mkdir(parents=True)
    (chart / "values.tmpl.yaml").write_text("image: ${GatewayImage}\npolicy: ${GatewayImagePullPolicy}\nother: $x\n")
    given: list[Addons] = []
    monkeypatch.setattr(engine, "apply", lambda _, wanted, __: given.append(wanted))
    return given


def test_unchanged_addons_cost_nothing(paths: Paths, network: Network, pki: Pki, applied: list[Addons]) -> None:
    addons.apply(paths, network, pki, API)
    addons.apply(paths, network, pki, API)
    assert len(applied) == 1


def test_a_newer_program_is_rolled_out(paths: Paths, network: Network, pki: Pki, applied: list[Addons]) -> None:
    addons.apply(paths, network, pki, API)
    (paths.bin / "coredns").write_text("newer coredns")
    addons.apply(paths, network, pki, API)
    assert len(applied) == 2
    assert applied[0].groups["dns"] != applied[1].groups["dns"]
    assert applied[0].groups["metrics"] == applied[1].groups["metrics"]


def test_a_new_cluster_gets_them_although_nothing_else_changed(
    paths: Paths, network: Network, pki: Pki, applied: list[Addons]
) -> None:
    addons.apply(paths, network, pki, API)
    pki.certificate("ca").unlink()
    pki.ensure()
    addons.apply(paths, network, pki, API)
    assert len(applied) == 2


def test_what_failed_is_tried_again(
    paths: Paths, network: Network, pki: Pki, applied: list[Addons], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Paths, __: Addons, ___: Api) -> None:
        message = "not ready"
        raise ClusterError(message)

    with monkeypatch.context() as failing:
        failing.setattr(engine, "apply", fail)
        with pytest.raises(ClusterError, match=r"^not ready$"):
            addons.apply(paths, network, pki, API)
    addons.apply(paths, network, pki, API)
    assert len(applied) == 1


def test_the_charts_blanks_are_filled_and_the_rest_is_left(
    paths: Paths, network: Network, pki: Pki, applied: list[Addons]
) -> None:
    addons.apply(paths, network, pki, API)
    reference = addons.programs(paths)["envoy-gateway"].reference
    filled = (applied[0].chart / "values.yaml").read_text()
    assert filled == f"image: {reference}\npolicy: IfNotPresent\nother: $x\n"


def test_a_missing_chart_is_told(paths: Paths, network: Network, pki: Pki) -> None:
    with pytest.raises(ClusterError) as error:
        addons.apply(paths, network, pki, API)
    assert str(error.value) == (
        f"Envoy Gateway's chart is not in {paths.charts / 'gateway-helm'}. The edge needs it. Run `make setup`."
    )


def test_only_images_that_the_node_lacks_are_made(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = addons.programs(paths)
    present = {program.reference for name, program in wanted.items() if name != "coredns"}
    loaded: list[Path] = []
    monkeypatch.setattr(images, "loaded", lambda _: present)
    monkeypatch.setattr(images, "load_image", lambda archive, _: loaded.append(archive))
    addons.load_images(paths)
    assert [archive.name for archive in loaded] == ["coredns.tar"]
    assert list((paths.addons / "images").iterdir()) == []


def test_the_proxys_image_brings_the_loader_it_is_linked_with(paths: Paths) -> None:
    inside = addons.programs(paths)["envoy"].files
    assert any("/ld-linux" in name for name in inside)
    assert inside["/usr/local/bin/envoy"] == addons.envoy_binary()
