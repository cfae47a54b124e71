"""The arrows of an overview, and what stands outside of the stack: people, and where the code is."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from policies.picture.parts import Part, Role, text
from policies.picture.relations import relations
from policies.picture.scene import Arrow, Box, Look
from policies.picture.view import RING, SUPPLY, View, space_id, workloads_of

_FEW: Final = 2
_PEOPLE, _SOURCE = "people", "source"


def outside(view: View) -> list[Box]:
    """Who is not part of the stack."""
    return [*_people(view), *_source(view)]


def arrows(view: View) -> list[Arrow]:
    """Everything that flows, between boxes and groups of the overview."""
    return [*_outside_arrows(view), *_relations(view), *_traffic_arrows(view)]


def _people(view: View) -> list[Box]:
    entries = view.of(Role.EDGE) or view.of(Role.GATEWAY)
    return [Box(id=_PEOPLE, title="people", lines=["with a browser"], look=Look.OUTSIDE)] if entries else []


def _source(view: View) -> list[Box]:
    """Where the code is: what a connection of Cloud Build, or a pool of identities, names."""
    hosts = dict.fromkeys(_hosts(view))
    return [Box(id=_SOURCE, title=host, lines=["the code"], look=Look.OUTSIDE) for host in list(hosts)[:1]]


def _hosts(view: View) -> Iterator[str]:
    for part in view.of(Role.DELIVERY):
        for repository in part.of("gcp:cloudbuildv2/repository:"):
            host = text(repository.raw("remoteUri")).partition("//")[2].partition("/")[0].rpartition("@")[2]
            yield host.partition(".")[0].capitalize() if host else "Git"


def _outside_arrows(view: View) -> Iterator[Arrow]:
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


def _relations(view: View) -> Iterator[Arrow]:
    shown = (Role.EDGE, Role.GATEWAY, Role.CLUSTER, *SUPPLY)
    drawn = {part.urn for part in view.of(*shown)}
    for arrow in relations(view.parts):
        if arrow.source in drawn and arrow.target in drawn:
            yield arrow


def _traffic_arrows(view: View) -> Iterator[Arrow]:
    """Calls and routes; what goes from or to several services of a namespace is one arrow from or to all of it."""
    owner = {one: part for part in view.parts for one in workloads_of(part)}
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


def _spaces(view: View) -> set[str]:
    return {part.namespace for part in view.parts if part.namespace}


def _end(view: View, part: Part, sizes: Mapping[str, int]) -> str:
    """Where an arrow between namespaces ends: at the namespace where there are several services, else at the part."""
    several = part.role is Role.SERVICE and (sizes.get(part.namespace or "", 0) > 1 or not view.detailed)
    return space_id(part.namespace or "") if several else part.urn


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
