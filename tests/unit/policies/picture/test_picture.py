"""Pictures show what the capture says, for any stack; they are readable, valid, and current in the documentation."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from infra.settings import ROOT
from policies import picture
from policies.capture import Capture, load
from policies.picture.__main__ import PAGE, pictures
from policies.picture.inside import PictureError
from policies.picture.layout import Rect, place
from policies.picture.parts import Role, parts
from policies.picture.scene import Group, Look, Scene, boxes
from policies.picture.view import RING
from policies.sources.program import settings_of
from tests.unit.policies.picture.mermaid import Chart, chart
from tests.unit.policies.picture.shops import shop

SVG = "{http://www.w3.org/2000/svg}"
STACKS = ["prod", "dev", "local"]


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> Capture:
    found: Capture = request.getfixturevalue(request.param)
    return found


def scenes(capture: Capture) -> Iterator[Scene]:
    for level in picture.LEVELS:
        yield picture.scene(capture, level=level)
    for part in parts(capture):
        yield picture.scene(capture, level="resources", focus=part.urn)


def arrows(scene: Scene) -> set[tuple[str, str]]:
    """By title: a group's where an arrow ends at one."""
    titles = {box.id: box.title for box in boxes(scene.root)} | {group.id: group.title for group in groups(scene.root)}
    return {(titles[arrow.source], titles[arrow.target]) for arrow in scene.arrows}


def groups(group: Group) -> Iterator[Group]:
    yield group
    for member in group.members:
        if isinstance(member, Group):
            yield from groups(member)


@pytest.mark.parametrize("name", ["docs/pictures/dev.svg", "docs/pictures/prod.svg", PAGE])
def test_the_documentation_shows_what_the_program_registers(name: str, dev: Capture, prod: Capture) -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    wanted = pictures([dev, prod], page)[name]
    assert (ROOT / name).read_text(encoding="utf-8") == wanted, "make golden draws it anew"
    assert page.count("```mermaid") == 2


def test_calls_are_those_of_the_settings(stack: Capture) -> None:
    services = settings_of(stack.stack).services
    wanted = {(name, called) for name, service in services.items() for called in service.calls}
    drawn = {(a, b) for a, b in arrows(picture.scene(stack, level="components")) if {a, b} <= services.keys()}
    assert drawn == wanted


def test_each_service_shows_its_path_and_its_pods(stack: Capture) -> None:
    lines = {box.title: box.lines for box in boxes(picture.scene(stack, level="components").root)}
    for name, service in settings_of(stack.stack).services.items():
        assert service.path in lines[name]
        assert f"{service.replicas.min}\u2013{service.replicas.max} pods" in lines[name]


def test_the_way_in_the_way_of_the_code_and_the_keys(prod: Capture) -> None:
    found = arrows(picture.scene(prod))
    way_in = [("people", "edge"), ("edge", "gateway"), ("gateway", "namespace shop"), ("namespace shop", "mongodb")]
    code = [("Bitbucket", "delivery"), ("delivery", "registry"), ("registry", "Cluster"), ("delivery", "Cluster")]
    keys = [("keys", "Cluster"), ("keys", "registry"), ("keys", "backup")]
    assert found >= {*way_in, *code, *keys, ("Cluster", "backup"), ("Cluster", "observability")}


def test_things_are_where_they_are(prod: Capture) -> None:
    inside = {
        group.title: {box.title for box in boxes(group)} for group in groups(picture.scene(prod).root) if group.title
    }
    assert inside["Google Cloud project atm-prod-b86d5c"] > inside["Network"] >= inside["Cluster"]
    assert inside["Cluster"] > inside["namespace database"] == {"mongodb"}
    assert "people" not in inside["Google Cloud project atm-prod-b86d5c"]


def test_without_a_cloud_there_is_kubernetes_alone(local: Capture) -> None:
    titles = {group.title for group in groups(picture.scene(local).root)}
    assert "Kubernetes" in titles
    assert not any("Google" in title for title in titles)


def test_what_a_component_is_for_is_told_by_its_resources(prod: Capture) -> None:
    """Names of the shop's services are nowhere in the code: with others the picture is the same."""
    text = json.dumps(prod.dump())
    for old, new in (("orders", "sedan"), ("auth", "quay"), ("mongodb", "crypt"), ("delivery", "conduit")):
        text = re.sub(rf"\b{old}\b", new, text)
    other = picture.scene(load(json.loads(text)), level="components")
    assert len(other.arrows) == len(picture.scene(prod, level="components").arrows)
    assert {
        ("frontend", "sedan"),
        ("products", "quay"),
        ("namespace shop", "crypt"),
        ("Bitbucket", "conduit"),
    } <= arrows(other)


@pytest.mark.parametrize(("autopilot", "mode"), [(True, "GKE Autopilot"), (None, "GKE Standard")])
def test_the_mode_of_the_cluster_is_said(prod: Capture, *, autopilot: bool | None, mode: str) -> None:
    cluster = "gcp:container/cluster:Cluster"
    kept = tuple(
        replace(one, inputs={**one.inputs, "enableAutopilot": autopilot}) if one.type == cluster else one
        for one in prod.resources
        if not (autopilot and one.type == "gcp:container/nodePool:NodePool")
    )
    [group] = [one for one in groups(picture.scene(replace(prod, resources=kept)).root) if one.title == "Cluster"]
    assert group.lines[0].startswith(mode)
    assert ("e2-standard-2" in " ".join(group.lines)) is (autopilot is None)


@pytest.mark.parametrize("number", [1, 2, 4, 5, RING, RING + 1, 200])
def test_any_number_of_services_is_drawn(number: int) -> None:
    scene = picture.scene(shop(number), level="components")
    titles = [box.title for box in boxes(scene.root)]
    assert [title for title in titles if title.startswith("service-")] == [f"service-{i:03}" for i in range(number)]
    between = [arrow for arrow in scene.arrows if "service-" in arrow.source]
    if number <= RING:
        assert len(between) == number - 1
    else:
        [summary] = [box for box in boxes(scene.root) if box.title == f"{number} services"]
        assert not between
        assert f"{number - 1} calls between them allowed" in summary.lines


def test_two_hundred_services_are_one_box_of_the_stack() -> None:
    titles = [box.title for box in boxes(picture.scene(shop(200)).root)]
    assert sorted(titles) == ["200 services", "gateway", "people"]
    assert "200 \u00d7 Microservice" in {box.title for box in boxes(picture.scene(shop(200), level="resources").root)}


def test_what_no_policy_holds_back_says_so() -> None:
    def open_(capture: Capture) -> list[str]:
        kept = tuple(one for one in capture.resources if not one.name.endswith("-policy"))
        scene = picture.scene(replace(capture, resources=kept), level="components")
        return [box.title for box in boxes(scene.root) if "may call anything" in box.lines]

    assert open_(shop(3, isolated=False)) == ["service-000", "service-001", "service-002"]
    assert open_(shop(3)) == []


@pytest.mark.parametrize("number", [1, 3, 4, 5, 8, RING, 40])
def test_nothing_is_drawn_over_anything(number: int) -> None:
    _apart(picture.scene(shop(number), level="components"))


def test_no_boxes_of_the_stacks_overlap(stack: Capture) -> None:
    for scene in scenes(stack):
        _apart(scene)


def _apart(scene: Scene) -> None:
    placed = place(scene)
    rects = [(box.title, placed.rects[box.id]) for box in placed.boxes]
    for index, (name, a) in enumerate(rects):
        assert 0 <= a.x < a.right <= placed.width, name
        assert 0 <= a.y < a.bottom <= placed.height, name
        for other, b in rects[index + 1 :]:
            assert a.right <= b.x or b.right <= a.x or a.bottom <= b.y or b.bottom <= a.y, (scene.title, name, other)
    for group in placed.groups:
        for box in boxes(group):
            assert _within(placed.rects[box.id], placed.rects[group.id]), (scene.title, group.title, box.title)


def _within(inner: Rect, outer: Rect) -> bool:
    return inner.x >= outer.x and inner.y >= outer.y and inner.right <= outer.right and inner.bottom <= outer.bottom


def test_an_svg_needs_nothing_and_can_be_read_out(stack: Capture) -> None:
    for level in picture.LEVELS:
        text = picture.svg(stack, level=level)
        root = ElementTree.fromstring(text)  # noqa: S314 - ours
        assert root.get("role") == "img"
        title, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert told is not None
        assert root.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
        assert stack.stack in str(title.text)
        assert len(str(told.text)) > 100
        assert not re.search(r"<script|<image|@import|\bhref=|https?://(?!www\.w3\.org/2000/svg)", text)
        assert "prefers-color-scheme:dark" in text
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids))


def test_a_picture_is_the_same_each_time(prod: Capture) -> None:
    assert picture.svg(prod, level="components") == picture.svg(load(prod.dump()), level="components")


def test_every_resource_of_a_component_is_in_its_picture(stack: Capture) -> None:
    for part in parts(stack):
        scene = picture.scene(stack, level="resources", focus=part.urn)
        [frame] = [group for group in groups(scene.root) if group.look is Look.FRAME]
        shown = 0
        for box in boxes(frame):
            many = re.match(r"(\d+)\u00a0\u00d7", box.title)
            shown += int(many[1]) if many else 1
        assert shown == len(part.resources), part.name
        assert scene.arrows or len(part.resources) == 1 or part.role is not Role.SERVICE


def test_arrows_between_resources_are_dependencies(prod: Capture) -> None:
    scene = picture.scene(prod, level="resources", focus="registry")
    assert ("keys", "registry") in arrows(scene)
    assert ("registry", "cluster") in arrows(scene)
    for arrow in picture.scene(prod, level="resources", focus="cluster").arrows:
        ends = [end.partition(" ")[2] for end in (arrow.source, arrow.target)]
        assert ends[0] != ends[1]


@pytest.mark.parametrize(("focus", "said"), [("nothing", "is no component"), ("edge", "is the name of 2 components")])
def test_a_component_that_is_not_there_is_said_so(prod: Capture, focus: str, said: str) -> None:
    with pytest.raises(PictureError, match=said):
        picture.svg(prod, level="resources", focus=focus)


def test_mermaid_has_all_that_the_picture_has(stack: Capture) -> None:
    for scene, text in ((s, picture.flowchart.write(s)) for s in scenes(stack)):
        found: Chart = chart(text)
        assert len(found.nodes) == len(list(boxes(scene.root)))
        assert len(found.arrows) == len(scene.arrows)
        assert {box.title for box in boxes(scene.root)} == {label.partition("\n")[0] for label in found.nodes.values()}


def test_names_are_escaped() -> None:
    capture = shop(1)
    odd = tuple(_renamed(one, 'a<b>"c"|#1') for one in capture.resources)
    scene_text = picture.mermaid(replace(capture, resources=odd), level="components")
    assert 'a<b>"c"|#1' in {label.partition("\n")[0] for label in chart(scene_text).nodes.values()}
    ElementTree.fromstring(picture.svg(replace(capture, resources=odd), level="components"))  # noqa: S314 - ours


def _renamed(resource: Any, name: str) -> Any:
    return replace(resource, name=name) if resource.name == "service-000" else resource
