"""Creation, change, deletion and reading of a resource in the emulated cloud, with all that Google checks on the way.

Order of refusals as Google answers: the project, its API, what the request says, what it refers to, the name.
Sentences are Google's, with their HTTP status, as the real provider prints them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from local.gcp import cloud as clouds
from local.gcp.checks import DEFAULTS
from local.gcp.cloud import World, key_of
from local.gcp.difference import write_only
from local.gcp.generic import documented_as_immutable, filled, is_grant, labels
from local.gcp.kinds import (
    PROJECT,
    SERVICE,
    UNKNOWN,
    Kind,
    Properties,
    Reference,
    Refused,
    Resource,
    Rule,
    fill,
    look,
    walk,
)
from local.gcp.schema import Schema, load
from local.gcp.tables import kind_of
from local.gcp.values import merged

ATTRIBUTION: Final = {"goog-pulumi-provisioned": "true"}
_PLACES: Final = ("region", "zone")
_MADE_UP: Final = re.compile(r"\{#(\w+)\}")
_AGENT: Final = re.compile(r"serviceAccount:([^\s\[\]:]+@[^\s\[\]:]+)")


@dataclass(frozen=True, slots=True)
class Config:
    """What the provider was configured with, as far as it says what a resource leaves out."""

    project: str = ""
    region: str = ""
    zone: str = ""
    labels: Properties | None = None
    attribution: bool = True

    def labels_of(self, state: Properties | None) -> dict[str, Any]:
        """Labels that every resource gets; the one that says who made it only if it was made so."""
        marked = self.attribution and (state is None or "goog-pulumi-provisioned" in (state.get("pulumiLabels") or {}))
        return {**(ATTRIBUTION if marked else {}), **(self.labels or {})}


@dataclass(frozen=True, slots=True)
class Subject:
    """A type of resource: what the SDK and its table say of it."""

    schema: Schema
    kind: Kind

    @staticmethod
    def of(token: str) -> "Subject":
        """The subject of a type.

        Raises:
            Refused: The SDK has no such type.
        """
        schema = load(token)
        if schema is None:
            raise Refused(400, f"{token} is not a type of resource of this provider.")
        return Subject(schema, kind_of(schema))

    @property
    def fixed(self) -> frozenset[str]:
        """Paths whose change makes a new resource: what the table or the documentation says, and what the id is of."""
        said = self.kind.immutable
        named = {part for part in re.findall(r"\{/?(\w+)[.}]", self.kind.id) if part in self.schema.properties}
        places = {place for place in ("project", "location", *_PLACES) if place in self.schema.properties}
        given = {name for name in named | places if self.schema.properties[name].input}
        return frozenset(given) | (documented_as_immutable(self.schema) if said is None else said)


def complete(subject: Subject, inputs: Properties, config: Config) -> dict[str, Any]:
    """Inputs with the project and the place that the provider's configuration says."""
    completed = {name: value for name, value in inputs.items() if name != DEFAULTS and value is not None}
    properties = subject.schema.properties
    for name, value in (("project", config.project), ("region", config.region), ("zone", config.zone)):
        if value and name in properties and properties[name].input and name not in completed:
            completed[name] = value
    if "location" in properties and properties["location"].filled and "location" not in completed:
        place = config.zone or config.region
        completed |= {"location": place} if place else {}
    return completed


def planned(subject: Subject, inputs: Properties, config: Config) -> dict[str, Any]:
    """The state of a resource that a preview would create: unknown is what only Google knows."""
    known = complete(subject, inputs, config)
    hidden = write_only(subject.schema)
    unknown = {name: UNKNOWN for name, one in subject.schema.properties.items() if one.filled or not one.input}
    stated = {name: value for name, value in known.items() if name not in hidden}
    return {**unknown, **stated, **labels(subject.schema, known, config.labels_of(None))}


def replanned(subject: Subject, state: Properties, inputs: Properties, config: Config) -> dict[str, Any]:
    """The state of a resource that a preview would change: what Google filled in stays as it is."""
    known = complete(subject, inputs, config)
    hidden = write_only(subject.schema)
    fields = subject.schema.properties
    kept = {
        name: value
        for name, value in state.items()
        if name in fields and (fields[name].filled or not fields[name].input)
    }
    stated = {name: _kept(subject, value, state.get(name), name) for name, value in known.items() if name not in hidden}
    return {**kept, **stated, **labels(subject.schema, known, config.labels_of(state))}


def create(world: World, subject: Subject, inputs: Properties, *, config: Config, urn: str) -> Resource:
    """Make a resource.

    Raises:
        Refused: As Google would answer.
    """
    asked = complete(subject, inputs, config)
    resource = Resource(
        token=subject.kind.token,
        id="",
        project=_project(world, subject, asked),
        inputs=asked,
        incarnation=world.next("incarnation"),
        created=clouds.now(),
    )
    made = _made(world, subject, resource, config, urn)
    if subject.kind.companions is not None:
        for token, properties in subject.kind.companions(made, world):
            _companion(world, made, token, properties, config)
    return made


def _made(world: World, subject: Subject, resource: Resource, config: Config, urn: str) -> Resource:
    # Google looks at a request before it gives out an id, so a refused one uses up no number.
    targets = _accepted(world, subject, replace(resource, id=fill(subject.kind.id, resource.inputs).rstrip("/")))
    resource = _identified(world, subject, resource)
    before = world.get(key_of(resource.token, resource.id), deleted=True)
    if before is not None and not subject.kind.adopts and not before.owner:
        _taken(before)
    if before is not None and subject.kind.adopts and not before.deleted:
        resource = replace(resource, incarnation=before.incarnation, created=before.created)
    resource = _answered(world, subject, resource, config)
    world.put(resource, subject.kind, urn)
    world.use(key_of(resource.token, resource.id), targets)
    return resource


def _identified(world: World, subject: Subject, resource: Resource) -> Resource:
    """A resource with its id, and in it what only Google knows."""

    def made_up(found: re.Match[str]) -> str:
        of = found[1]
        if of == "number":
            return world.project_number(resource.project)
        if of == "next":
            return str(world.next(f"next of {fill(template[: found.start()], resource.inputs)}"))
        if of == "uuid":
            return str(UUID(resource.hexadecimal(32, "id")))
        return resource.number(int(of), "id")

    template = subject.kind.id
    # The numbers of what is made up come from the id as far as it is known.
    resource = replace(resource, id=fill(template, resource.inputs).rstrip("/"))
    id_ = fill(_MADE_UP.sub(made_up, template), resource.inputs).rstrip("/")
    return replace(resource, id=id_)


def _companion(world: World, owner: Resource, token: str, properties: Properties, config: Config) -> None:
    subject = Subject.of(token)
    asked = {**complete(subject, properties, config), **({"project": owner.project} if owner.project else {})}
    asked = {name: value for name, value in asked.items() if name in subject.schema.properties}
    resource = Resource(
        token=token,
        id="",
        project=owner.project,
        inputs=asked,
        incarnation=world.next("incarnation"),
        created=owner.created,
        owner=key_of(owner.token, owner.id),
    )
    resource = _identified(world, subject, resource)
    if world.get(key_of(token, resource.id)) is None:
        world.put(_answered(world, subject, resource, config), subject.kind)


def change(world: World, subject: Subject, id_: str, inputs: Properties, *, config: Config, urn: str) -> Resource:
    """Change a resource in place.

    Raises:
        Refused: As Google would answer.
    """
    before = world.get(key_of(subject.kind.token, id_))
    if before is None:
        raise Refused(404, f"The resource '{id_}' was not found, notFound")
    wanted = replace(before, inputs=complete(subject, inputs, config))
    targets = _accepted(world, subject, wanted)
    changed = _answered(world, subject, wanted, config)
    world.put(changed, subject.kind, urn)
    world.use(key_of(changed.token, changed.id), targets)
    return changed


def delete(world: World, subject: Subject, id_: str) -> None:
    """Delete a resource; one that is gone already is deleted.

    Raises:
        Refused: As Google would answer.
    """
    kind, key = subject.kind, key_of(subject.kind.token, id_)
    resource = world.get(key)
    if resource is None:
        return
    _unprotected(kind, resource)
    if resource.get("deletionPolicy") == "ABANDON" or (kind.token == SERVICE and not resource.get("disableOnDestroy")):
        world.let_go(key)
        return
    if resource.project and kind.token != PROJECT:
        _enabled(world, kind, resource.project)
    users = [user for user in world.users(key, clouds.HOLDS) if user.owner != key]
    if users:
        what = f"The {_words(kind)} resource '{id_}' is already being used by '{users[0].id}'"
        raise Refused(400, f"{what}, resourceInUseByAnotherResource")
    _obeyed(kind.deletion_rules, resource, world)
    if kind.token == PROJECT:
        world.empty_project(resource.project, key)
    world.remove(key, keep_name=kind.keeps_name or kind.token == PROJECT)


def read(world: World, subject: Subject, id_: str) -> Resource | None:
    """A resource as it is now; None if there is none."""
    kind = subject.kind
    return world.get(key_of(kind.token, id_)) or world.find((kind.token,), id_)


def _project(world: World, subject: Subject, asked: Properties) -> str:
    """The id of the project that a resource is in; empty where its kind has none."""
    if subject.kind.token == PROJECT:
        return str(asked.get("projectId", ""))
    one = subject.schema.properties.get("project")
    named = str(asked.get("project") or "").removeprefix("projects/")
    if not named:
        # Its id says it, or what it is inside of: a version of a secret is in the secret's project.
        told = [fill(subject.kind.id, asked), *(look(asked, one.path) for one in subject.kind.references if one.inside)]
        found = [inside[1] for text in told if (inside := re.match(r"projects/([^/{]+)", str(text)))]
        named = found[0] if found else ""
    if not named:
        if one is None or not one.input:
            return ""
        message = "project: required field is not set. Set it on the resource or on the provider."
        raise Refused(400, message)
    return world.project(named).project


def _accepted(world: World, subject: Subject, resource: Resource) -> list[tuple[str, int]]:
    """Check a resource as Google does; returns what it refers to, and whether that holds it."""
    kind = subject.kind
    if resource.project and kind.token != PROJECT:
        _enabled(world, kind, resource.project)
    targets = [target for reference in kind.references for target in _targets(world, kind, resource, reference)]
    _obeyed(kind.rules, resource, world)
    if is_grant(kind.token):
        _members_exist(world, resource)
    return targets


def _enabled(world: World, kind: Kind, project: str) -> None:
    if kind.api is None or world.enabled(project, kind.api):
        return
    number = world.project_number(project)
    message = (
        f"{kind.api} API has not been used in project {number} before or it is disabled. Enable it by visiting "
        f"https://console.developers.google.com/apis/api/{kind.api}/overview?project={number} then retry. If you "
        "enabled this API recently, wait a few minutes for the action to propagate to our systems and retry., "
        "SERVICE_DISABLED"
    )
    raise Refused(403, message)


def _targets(world: World, kind: Kind, resource: Resource, reference: Reference) -> Iterator[tuple[str, int]]:
    for _, value in walk(resource.inputs, reference.path):
        if not isinstance(value, str) or not value or (reference.unless and reference.unless.fullmatch(value)):
            continue
        found = world.find(reference.to, value, resource)
        if found is None:
            said = reference.message or f"The resource '{{value}}' that {_words(kind)} names in {{path}} was not found"
            message = said.replace("{value}", value).replace("{path}", reference.path)
            reason = (
                "" if reference.message else (", notFound" if reference.status == clouds.NOT_FOUND else ", invalid")
            )
            raise Refused(reference.status, message + reason)
        inside = reference.inside or is_grant(kind.token)
        yield (
            key_of(found.token, found.id),
            clouds.INSIDE if inside else clouds.HOLDS if reference.holds else clouds.NAMES,
        )


def _obeyed(rules: Iterable[Rule], resource: Resource, world: World) -> None:
    for rule in rules:
        for said in rule(resource, world):
            raise said if isinstance(said, Refused) else Refused(400, said)


def _members_exist(world: World, resource: Resource) -> None:
    members = resource.inputs.get("members") or [resource.inputs.get("member")]
    for member in members:
        found = _AGENT.fullmatch(str(member))
        if found and not world.account(found[1]):
            raise Refused(400, f"Service account {found[1]} does not exist., badRequest")


def _taken(before: Resource) -> None:
    if before.deleted:
        message = (
            f"Requested entity already exists: '{before.id}' was deleted, but its name stays taken., alreadyExists"
        )
        raise Refused(409, message)
    raise Refused(409, f"The resource '{before.id}' already exists, alreadyExists")


def _unprotected(kind: Kind, resource: Resource) -> None:
    if kind.protected and look({**kind.defaults, **resource.inputs}, kind.protected) is True:
        message = (
            f"Cannot destroy {_words(kind)} '{resource.id}' because {kind.protected} is set to true. Set it to false, "
            "run `pulumi up`, then destroy."
        )
        raise Refused(400, message)
    if resource.get("deletionPolicy") == "PREVENT":
        message = (
            f"Cannot destroy {_words(kind)} '{resource.id}' as deletionPolicy is set to PREVENT. Set it to DELETE, run "
            "`pulumi up`, then destroy."
        )
        raise Refused(400, message)


def _answered(world: World, subject: Subject, resource: Resource, config: Config) -> Resource:
    """A resource with all that Google fills in."""
    before, hidden = resource.outputs, write_only(subject.schema)
    outputs: dict[str, Any] = {name: value for name, value in resource.inputs.items() if name not in hidden}
    outputs = {name: _kept(subject, value, before.get(name), name) for name, value in outputs.items()}
    for name, one in subject.schema.properties.items():
        if name not in outputs and (one.filled or not one.input):
            value = before.get(name, filled(name, one, resource, subject.kind.api))
            outputs |= {} if value is None else {name: value}
    if resource.project and subject.kind.token != PROJECT and "project" in subject.schema.properties:
        outputs["project"] = resource.inputs.get("project", resource.project)
    outputs |= labels(subject.schema, resource.inputs, config.labels_of(before or None))
    if subject.kind.outputs is not None:
        outputs = merged(outputs, subject.kind.outputs(replace(resource, outputs=before), world))
    return replace(resource, outputs={name: value for name, value in outputs.items() if value is not None})


def _kept(subject: Subject, asked: Any, before: Any, name: str) -> Any:
    """What was asked for, with what Google had filled into it before."""
    one = subject.schema.properties.get(name)
    if one is None or one.type.kind != "object" or not isinstance(asked, Mapping) or not isinstance(before, Mapping):
        return asked
    fields = subject.schema.fields(one.type)
    kept = {
        field: before[field] for field, of in fields.items() if of.filled and field in before and field not in asked
    }
    return {**kept, **asked}


def _words(kind: Kind) -> str:
    """How a sentence names a kind."""
    module, _, name = kind.token.split(":")[1].partition("/")
    return f"{module} {re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', name).lower()}"
