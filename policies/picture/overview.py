"""The stack as a whole: the way in, the project with its network and cluster, the namespaces with what runs in them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from policies.capture import Capture
from policies.picture import facts
from policies.picture.layout import WIDE
from policies.picture.parts import NAMESPACE, Part, Role, parts, text
from policies.picture.relations import relations
from policies.picture.scene import Arrange, Arrow, Box, Group, Look, Scene
from policies.picture.traffic import Traffic, name, traffic
from policies.pods import TEMPLATES

RING: Final = 12
"""How many services of a namespace are drawn with every call; more are listed."""
_FEW: Final = 2
_NAMED: Final = 6
"""How many services are named where they are one box."""
_SUPPLY: Final = (Role.DELIVERY, Role.REGISTRY, Role.KEYS, Role.BACKUP, Role.WATCH)
_PEOPLE, _SOURCE, _MAIN, _CLUSTER = "people", "source", "main", "kubernetes"


@dataclass
class _View:
    """What an overview is made of."""

    capture: Capture
    detailed: bool
    """Every service and component, or each namespace as a whole."""
    parts: list[Part]
    traffic: Traffic
    links: bool

    def of(self, *roles: Role) -> list[Part]:
        return [part for part in self.parts if part.role in roles]

    def link(self, part: Part) -> str | None:
        return f"#{anchor(part.urn)}" if self.links else None


def anchor(urn: str) -> str:
    """Name of the place in a page where a component's resources are drawn."""
    return "part-" + "-".join(urn.split("::")[-2:]).replace(":", "-").replace("$", "-").replace(" ", "-").lower()


def overview(capture: Capture, *, detailed: bool, links: bool = False) -> Scene:
    """The picture of level "components", or of level "stack" where it is not detailed."""
    view = _View(capture, detailed, parts(capture), traffic(capture), links)
    main = _main(view)
    outside = [*_people(view), *_source(view)]
    arrows = [*_outside_arrows(view), *_relations(view), *_traffic_arrows(view)]
    root = Group(id="root", arrange=Arrange.FLANK, members=[main, *outside])
    level = "components" if detailed else "stack"
    title = f"The stack {capture.stack}: its {level}" if detailed else f"The stack {capture.stack}"
    return Scene(title=title, description=_told(view, root, arrows), root=root, arrows=arrows)


def _main(view: _View) -> Group:
    projects = view.of(Role.PROJECT)
    inner = [part for part in (_first_row(view), _row(view, _SUPPLY), _rest(view)) if part.members]
    if not projects:
        return Group(id=_MAIN, arrange=Arrange.COLUMN, members=[*inner])
    project = projects[0].first("gcp:organizations/project:")
    title = f"Google Cloud project {facts.described(project.raw('projectId') if project else None)}"
    return Group(id=_MAIN, title=title, look=Look.FRAME, arrange=Arrange.COLUMN, members=[*inner])


def _first_row(view: _View) -> Group:
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


def _cluster(view: _View) -> Group:
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


def _namespaces(view: _View) -> Iterator[Group]:
    """Each namespace with what is in it, from the way in to what is called last."""
    inside: dict[str, list[Part]] = {name(one): [] for one in view.capture.of(NAMESPACE)}
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


def _namespace(view: _View, space: str, held: list[Part]) -> Group:
    services = [part for part in held if part.role is Role.SERVICE]
    others = [_box(view, part) for part in held if part.role is not Role.SERVICE]
    if not view.detailed:
        others = [box for box, part in zip(others, (p for p in held if p.role is not Role.SERVICE), strict=True)
                  if part.role is not Role.IN_CLUSTER]  # fmt: skip
    members: list[Box | Group] = [*_services(view, space, services)]
    group = Group(id=_space(space), title=f"namespace {space}", look=Look.SPACE, arrange=Arrange.COLUMN)
    group.members = [*members, *others]
    return group


def _services(view: _View, space: str, services: list[Part]) -> Iterator[Box | Group]:
    if not services:
        return
    if not view.detailed:
        names = ", ".join(part.name for part in services[:_NAMED])
        lines = [names if len(services) <= _NAMED else f"{names} and {len(services) - _NAMED} more"]
        yield Box(id=f"services {space}", title=facts.count(len(services), "service"), lines=lines, look=Look.SERVICE)
    elif len(services) <= RING:
        ring = [_service(view, part) for part in _in_order(services, view.traffic)]
        yield Group(id=f"services {space}", arrange=Arrange.RING, members=[*ring])
    else:
        yield from _many(view, space, services)


def _many(view: _View, space: str, services: list[Part]) -> Iterator[Box | Group]:
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
    title = facts.count(len(services), "service")
    yield Box(id=f"summary {space}", title=title, lines=lines, look=Look.SERVICE, width=WIDE)
    small: list[Box | Group] = [
        Box(id=part.urn, title=part.name, look=Look.SERVICE, link=view.link(part)) for part in services
    ]
    yield Group(id=f"services {space}", arrange=Arrange.GRID, members=small)


def _service(view: _View, part: Part) -> Box:
    box = _box(view, part)
    paths = [
        path
        for one in _workloads(part)
        for (_, urn), found in view.traffic.routes.items()
        if urn == one
        for path in found
    ]
    box.lines = [*([", ".join(dict.fromkeys(paths))] if paths else []), *box.lines]
    if any(one in view.traffic.open_out for one in _workloads(part)):
        box.lines.append("may call anything")
    return box


def _in_order(services: list[Part], flow: Traffic) -> list[Part]:
    """Who calls before who is called."""
    callers: dict[str, int] = defaultdict(int)
    for source, target in flow.calls:
        callers[source] += 1
        callers[target] -= 1
    return sorted(services, key=lambda part: -sum(callers[one] for one in _workloads(part)))


def _workloads(part: Part) -> list[str]:
    return [one.urn for one in part.resources if one.type in TEMPLATES]


def _row(view: _View, roles: tuple[Role, ...]) -> Group:
    found = [part for role in roles for part in view.of(role)]
    return Group(id="supply", members=[_box(view, part) for part in found])


def _rest(view: _View) -> Group:
    roles = (Role.IDENTITY, Role.PROJECT, Role.BUDGET, *([Role.OTHER] if view.detailed else []))
    found = [part for role in roles for part in view.of(role)]
    return Group(id="rest", members=[_box(view, part) for part in found])


def _box(view: _View, part: Part) -> Box:
    lines = facts.facts(part)
    if view.detailed and part.role is not Role.SERVICE:
        lines = [*lines, *(line for line in [facts.count(len(part.resources), "resource")] if line not in lines)]
    return Box(id=part.urn, title=part.name, lines=lines, look=facts.kind_of(part.role), link=view.link(part))


def _people(view: _View) -> list[Box]:
    entries = view.of(Role.EDGE) or view.of(Role.GATEWAY)
    return [Box(id=_PEOPLE, title="people", lines=["with a browser"], look=Look.OUTSIDE)] if entries else []


def _source(view: _View) -> list[Box]:
    """Where the code is: what a connection of Cloud Build, or a pool of identities, names."""
    hosts = dict.fromkeys(_hosts(view))
    return [Box(id=_SOURCE, title=host, lines=["the code"], look=Look.OUTSIDE) for host in list(hosts)[:1]]


def _hosts(view: _View) -> Iterator[str]:
    for part in view.of(Role.DELIVERY):
        for repository in part.of("gcp:cloudbuildv2/repository:"):
            host = text(repository.raw("remoteUri")).partition("//")[2].partition("/")[0].rpartition("@")[2]
            yield host.partition(".")[0].capitalize() if host else "Git"


def _outside_arrows(view: _View) -> Iterator[Arrow]:
    for part in view.of(Role.EDGE) or view.of(Role.GATEWAY):
        if _people(view):
            yield Arrow(source=_PEOPLE, target=part.urn, label="https" if view.of(Role.EDGE) else "http")
    if not _source(view):
        return
    for part in view.of(Role.DELIVERY):
        yield Arrow(source=_SOURCE, target=part.urn, label="push")
    for part in view.of(Role.IDENTITY):
        if any(
            "bitbucket" in text(one.raw("oidc.issuerUri")) for one in part.of("gcp:iam/workloadIdentityPoolProvider:")
        ):
            yield Arrow(source=_SOURCE, target=part.urn, dashed=True)


def _relations(view: _View) -> Iterator[Arrow]:
    shown = (Role.EDGE, Role.GATEWAY, Role.CLUSTER, *_SUPPLY)
    drawn = {part.urn for part in view.of(*shown)}
    for arrow in relations(view.parts):
        if arrow.source in drawn and arrow.target in drawn:
            yield arrow


def _traffic_arrows(view: _View) -> Iterator[Arrow]:
    """Calls and routes; what goes from or to several services of a namespace is one arrow from or to all of it."""
    owner = {one: part for part in view.parts for one in _workloads(part)}
    gateways = {one.urn: part for part in view.of(Role.GATEWAY) for one in part.resources}
    pairs = [(gateways[source], owner[target], "") for source, target in view.traffic.routes if target in owner]
    pairs += [(owner[a], owner[b], ", ".join(ports)) for (a, b), ports in view.traffic.calls.items()]
    crossing: dict[tuple[str, str], list[tuple[Part, Part, str]]] = defaultdict(list)
    sizes = {space: sum(part.namespace == space for part in view.of(Role.SERVICE)) for space in _spaces(view)}
    for source, target, label in pairs:
        if source.namespace == target.namespace:
            if view.detailed and sizes.get(source.namespace or "", 0) <= RING:
                yield Arrow(source=source.urn, target=target.urn)
        else:
            crossing[_end(view, source, sizes), _end(view, target, sizes)].append((source, target, label))
    for (source_id, target_id), found in crossing.items():
        yield Arrow(source=source_id, target=target_id, label=_bundled(found, sizes))


def _spaces(view: _View) -> set[str]:
    return {part.namespace for part in view.parts if part.namespace}


def _end(view: _View, part: Part, sizes: Mapping[str, int]) -> str:
    """Where an arrow between namespaces ends: at the namespace where there are several services, else at the part."""
    several = part.role is Role.SERVICE and (sizes.get(part.namespace or "", 0) > 1 or not view.detailed)
    return _space(part.namespace or "") if several else part.urn


def _bundled(found: list[tuple[Part, Part, str]], sizes: Mapping[str, int]) -> str:
    label = next((label for _, _, label in found if label), "")
    for ends in ([source for source, _, _ in found], [target for _, target, _ in found]):
        inside = {part.urn: part for part in ends}
        of = sizes.get(next(iter(inside.values())).namespace or "", 0)
        if all(part.role is Role.SERVICE for part in inside.values()) and 1 <= len(inside) < of:
            names = (
                ", ".join(part.name for part in inside.values()) if len(inside) <= _FEW else f"{len(inside)} of {of}"
            )
            label = ": ".join(filter(None, [label, names]))
    return label or ("by path" if found[0][0].role is Role.GATEWAY else "")


def _space(space: str) -> str:
    return f"namespace {space}"


def _told(view: _View, root: Group, arrows: list[Arrow]) -> str:
    """The picture in sentences."""
    titles = dict(_titles(root))
    resources = sum(len(part.resources) for part in view.parts)
    counted = [
        facts.count(len(view.of(Role.SERVICE)), "service"),
        facts.count(len(view.of(Role.DATABASE)), "database"),
        facts.count(len(view.parts), "component"),
        facts.count(resources, "resource"),
    ]
    lines = [f"The stack {view.capture.stack}: {', '.join(filter(None, counted))}."]
    for arrow in arrows:
        verb = f" ({arrow.label})" if arrow.label else ""
        lines.append(f"{titles.get(arrow.source, '')} to {titles.get(arrow.target, '')}{verb}.")
    return " ".join(lines)


def _titles(part: Box | Group) -> Iterator[tuple[str, str]]:
    yield part.id, part.title
    if isinstance(part, Group):
        for member in part.members:
            yield from _titles(member)
