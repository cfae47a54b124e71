"""The stack as a whole: the way in, the project with its network and cluster, the namespaces with what runs in them."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from policies.picture import facts, flows
from policies.picture.layout import WIDE
from policies.picture.parts import NAMESPACE, Part, Role
from policies.picture.scene import Arrange, Arrow, Box, Group, Look, Scene
from policies.picture.stack import Stack
from policies.picture.traffic import Traffic, name
from policies.picture.view import RING, SUPPLY, View, space_id, workloads_of
from policies.pods import TEMPLATES

_NAMED: Final = 6
"""How many services are named where they are one box."""
_MAIN, _CLUSTER = "main", "kubernetes"


def overview(stack: Stack, *, detailed: bool, links: bool = False) -> Scene:
    """The picture of level "components", or of level "stack" where it is not detailed."""
    view = View(stack, detailed, links)
    main = _main(view)
    drawn = flows.arrows(view)
    root = Group(id="root", arrange=Arrange.FLANK, members=[main, *flows.outside(view)])
    level = "components" if detailed else "stack"
    title = f"The stack {stack.name}: its {level}" if detailed else f"The stack {stack.name}"
    return Scene(title=title, description=_told(view, root, drawn), root=root, arrows=drawn)


def _main(view: View) -> Group:
    projects = view.of(Role.PROJECT)
    inner = [part for part in (_first_row(view), _row(view, SUPPLY), _rest(view)) if part.members]
    if not projects:
        return Group(id=_MAIN, arrange=Arrange.COLUMN, members=[*inner])
    project = projects[0].first("gcp:organizations/project:")
    title = f"Google Cloud project {facts.described(project.raw('projectId') if project else None)}"
    return Group(id=_MAIN, title=title, look=Look.FRAME, arrange=Arrange.COLUMN, members=[*inner])


def _first_row(view: View) -> Group:
    edges: list[Box | Group] = [_box(view, part) for part in view.of(Role.EDGE)]
    cluster = _cluster(view)
    networks = view.of(Role.NETWORK)
    if networks and cluster.members:
        lines = [", ".join(facts.facts(part)) for part in networks]
        cluster = Group(
            id=networks[0].urn, title=networks[0].title, lines=lines, look=Look.FRAME, link=view.link(networks[0]),
            members=[cluster],
        )  # fmt: skip
    elif networks:
        edges.extend(_box(view, part) for part in networks)
    if not cluster.members:
        return Group(id="way in", members=edges)
    return Group(id="way in", arrange=Arrange.FLANK, members=[cluster, *edges])


def _cluster(view: View) -> Group:
    members: list[Box | Group] = [*_namespaces(view)]
    known = view.of(Role.CLUSTER)
    others = [_box(view, part) for part in view.of(Role.IN_CLUSTER) if part.namespace is None]
    if others and view.detailed:
        members.append(Group(id="cluster-wide", arrange=Arrange.COLUMN, members=[*others]))
    if not known:
        return Group(id=_CLUSTER, title="Kubernetes", look=Look.FRAME, members=members)
    part = known[0]
    members = members or [_box(view, part)]
    return Group(
        id=part.urn, title=part.title, lines=facts.facts(part), look=Look.FRAME, link=view.link(part), members=members
    )


def _namespaces(view: View) -> Iterator[Group]:
    """Each namespace with what is in it, from the way in to what is called last."""
    inside: dict[str, list[Part]] = {name(one): [] for one in view.stack.capture.of(NAMESPACE)}
    for part in view.parts:
        if part.namespace is not None and part.role is not Role.NAMESPACE:
            inside.setdefault(part.namespace, []).append(part)
    for space in sorted(inside, key=lambda space: _distance(inside[space])):
        if inside[space]:
            yield _namespace(view, space, inside[space])


def _distance(held: list[Part]) -> int:
    """How far from the way in a namespace is drawn."""
    order = (Role.GATEWAY, Role.SERVICE, Role.IN_CLUSTER, Role.DATABASE)
    return min((order.index(part.role) for part in held if part.role in order), default=len(order))


def _namespace(view: View, space: str, held: list[Part]) -> Group:
    services = [part for part in held if part.role is Role.SERVICE]
    others = [_box(view, part) for part in held if part.role is not Role.SERVICE]
    if not view.detailed:
        others = [box for box, part in zip(others, (p for p in held if p.role is not Role.SERVICE), strict=True)
                  if part.role is not Role.IN_CLUSTER]  # fmt: skip
    members: list[Box | Group] = [*_services(view, space, services)]
    group = Group(id=space_id(space), title=f"namespace {space}", look=Look.SPACE, arrange=Arrange.COLUMN)
    group.members = [*members, *others]
    return group


def _services(view: View, space: str, services: list[Part]) -> Iterator[Box | Group]:
    if not services:
        return
    if not view.detailed:
        names = ", ".join(part.name for part in services[:_NAMED])
        lines = [names if len(services) <= _NAMED else f"{names} and {len(services) - _NAMED} more"]
        lines += _open(view, services)
        yield Box(id=f"services {space}", title=facts.count(len(services), "service"), lines=lines, look=Look.SERVICE)
    elif len(services) <= RING:
        ring = [_service(view, part) for part in _in_order(services, view.traffic)]
        yield Group(id=f"services {space}", arrange=Arrange.RING, members=[*ring])
    else:
        yield from _many(view, space, services)


def _many(view: View, space: str, services: list[Part]) -> Iterator[Box | Group]:
    """More services than can be drawn with every call: each by its name, and the calls counted."""
    inside = {one.urn: part for part in services for one in part.resources if one.type in TEMPLATES}
    calls = [pair for pair in view.traffic.calls if pair[0] in inside and pair[1] in inside]
    called: dict[str, int] = defaultdict(int)
    for _, target in calls:
        called[inside[target].name] += 1
    most = sorted(called, key=lambda one: (-called[one], one))[:3]
    lines = [facts.count(len(calls), "call") + " between them allowed" if calls else "none may call another"]
    if most:
        lines.append("most called: " + ", ".join(f"{one} ({called[one]})" for one in most))
    lines += _open(view, services)
    title = facts.count(len(services), "service")
    yield Box(id=f"summary {space}", title=title, lines=lines, look=Look.SERVICE, width=WIDE)
    small: list[Box | Group] = [
        Box(id=part.urn, title=part.name, look=Look.SERVICE, link=view.link(part)) for part in services
    ]
    yield Group(id=f"services {space}", arrange=Arrange.GRID, members=small)


def _service(view: View, part: Part) -> Box:
    box = _box(view, part)
    paths = [
        path
        for one in workloads_of(part)
        for (_, urn), found in view.traffic.routes.items()
        if urn == one
        for path in found
    ]
    box.lines = [*([", ".join(dict.fromkeys(paths))] if paths else []), *box.lines]
    if _open(view, [part]):
        box.lines.append("may call anything")
    return box


def _open(view: View, services: list[Part]) -> list[str]:
    """What has to be said where no policy holds some of them back."""
    number = sum(one in view.traffic.open_out for part in services for one in workloads_of(part))
    return [f"{number} may call anything"] if number else []


def _in_order(services: list[Part], flow: Traffic) -> list[Part]:
    """Who calls before who is called."""
    callers: dict[str, int] = defaultdict(int)
    for source, target in flow.calls:
        callers[source] += 1
        callers[target] -= 1
    return sorted(services, key=lambda part: -sum(callers[one] for one in workloads_of(part)))


def _row(view: View, roles: tuple[Role, ...]) -> Group:
    found = [part for role in roles for part in view.of(role)]
    return Group(id="supply", members=[_box(view, part) for part in found])


def _rest(view: View) -> Group:
    roles = (Role.IDENTITY, Role.PROJECT, Role.BUDGET, *([Role.OTHER] if view.detailed else []))
    found = [part for role in roles for part in view.of(role)]
    return Group(id="rest", members=[_box(view, part) for part in found])


def _box(view: View, part: Part) -> Box:
    lines = facts.facts(part)
    if view.detailed and part.role is not Role.SERVICE:
        lines = [*lines, *(line for line in [facts.count(len(part.resources), "resource")] if line not in lines)]
    return Box(id=part.urn, title=part.name, lines=lines, look=facts.kind_of(part.role), link=view.link(part))


def _told(view: View, root: Group, arrows: list[Arrow]) -> str:
    """The picture in sentences."""
    titles = dict(_titles(root))
    resources = sum(len(part.resources) for part in view.parts)
    counted = [
        facts.count(len(view.of(Role.SERVICE)), "service"),
        facts.count(len(view.of(Role.DATABASE)), "database"),
        facts.count(len(view.parts), "component"),
        facts.count(resources, "resource"),
    ]
    lines = [f"The stack {view.stack.name}: {', '.join(filter(None, counted))}."]
    for arrow in arrows:
        verb = f" ({arrow.label})" if arrow.label else ""
        lines.append(f"{titles.get(arrow.source, '')} to {titles.get(arrow.target, '')}{verb}.")
    return " ".join(lines)


def _titles(part: Box | Group) -> Iterator[tuple[str, str]]:
    yield part.id, part.title
    if isinstance(part, Group):
        for member in part.members:
            yield from _titles(member)
