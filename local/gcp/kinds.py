"""What a table in `services/` says of a kind of resource: id, references, what is refused, what GCP fills in.

A table is data; the engine (`lifecycle.py`) is what acts on it. A type without a table is treated by what the SDK
knows of it (`generic.py`). What is deliberately not here: property names and types, which the SDK knows (`schema.py`).

**Paths** name properties as the engine does, in camelCase: `nodeConfig.diskType`; `*` is every item of a list or every
value of a map: `rules.*.priority`.

**Templates** have properties in braces: `projects/{project}/locations/{location}/clusters/{name}`. `{name}` of a
nested property is its path: `{metadata.name}`; `{/cluster}` is only what follows its last slash. An id may have what
only Google knows, in `{#…}`: `{#number}` is the project's number, `{#19}` a number of so many digits that Google makes
up, `{#uuid}` a UUID, `{#next}` one more than the last that was given out there (versions of a secret).

A module `services/<service>.py` has `KINDS: Final[tuple[Kind, ...]]` and, where a service has any,
`AGENTS: Final[tuple[Agent, ...]]` and `INVOKES: Final[Mapping[str, Invoke]]` (by token:
`gcp:organizations/getProject:getProject`); it is found by being there.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

PROJECT: Final = "gcp:organizations/project:Project"
SERVICE: Final = "gcp:projects/service:Service"
ACCOUNT: Final = "gcp:serviceaccount/account:Account"
"""Types the engine itself asks for; their inputs: `projectId`, `billingAccount`; `project`, `service`; `accountId`."""
BILLING_ACCOUNT: Final = "cloud:billingAccount"
ORGANIZATION: Final = "cloud:organization"
FOLDER: Final = "cloud:folder"
"""What no program makes: `python -m local.gcp billing-account|organization|folder ID` puts it into the cloud. Found by
its bare id and as `billingAccounts/ID`, `organizations/ID`, `folders/ID`."""

Properties = Mapping[str, Any]
"""Properties by their names in the SDK (camelCase): JSON values, and `UNKNOWN` where a preview does not know yet."""


class Unknown:
    """A value that exists only after something else is created; only in checks of inputs, never in the cloud."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Its name."""
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
"""The one unknown value: compare with `is`."""


class Refused(Exception):
    """GCP says no: the HTTP status and the sentence it says."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """One resource as GCP sees it."""

    token: str
    """Its type: `gcp:container/cluster:Cluster`."""
    id: str
    """The id of the SDK's resource: the kind's template, filled in."""
    project: str
    """Project id, or empty where the kind has none."""
    inputs: Properties
    """What was asked for, with what GCP and the provider add: the project, the region, the zone, a name."""
    outputs: Properties = field(default_factory=dict)
    """What GCP answered last time; empty while it is being created. Keep from it what does not change."""
    incarnation: int = 0
    """Counts creations in this cloud: one of the same name made again has another."""
    created: str = ""
    """When, in RFC 3339 UTC: `2026-08-20T10:00:00Z`."""
    owner: str = ""
    """The key of what GCP made it for; empty for what a program made."""
    deleted: bool = False
    """Deleted, but GCP keeps the name (see `Kind.keeps_name`)."""

    def number(self, digits: int, of: str = "") -> str:
        """A number as GCP gives it to one incarnation: stable, of `digits` digits, another one for another `of`."""
        seed = f"{self.token}|{self.id}|{self.incarnation}|{of}"
        value = int(hashlib.sha256(seed.encode()).hexdigest(), 16)
        return str(10 ** (digits - 1) + value % (9 * 10 ** (digits - 1)))

    def hexadecimal(self, length: int, of: str = "") -> str:
        """As `number`, in hexadecimal digits: fingerprints, unique ids."""
        seed = f"{self.token}|{self.id}|{self.incarnation}|{of}"
        return hashlib.sha256(seed.encode()).hexdigest()[:length]

    def get(self, path: str) -> Any:
        """The input at a path without `*`, or None."""
        return look(self.inputs, path)


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalCluster:
    """The cluster that stands in for GKE, from the kubeconfig that A_TU_MANO_GCP_CLUSTER names."""

    endpoint: str
    """Host, and port if it is not 443: `10.0.0.1:6443`."""
    ca: str
    """The authority's certificate, base64 of PEM."""
    host: str
    """As `endpoint`, by a name, for the DNS endpoint."""


class Cloud(Protocol):
    """What a table may ask of the cloud. Everything is as of the call that is being answered."""

    def find(self, tokens: Iterable[str], name: str, near: Resource | None = None) -> Resource | None:
        """The resource of one of these types that `name` names: by id, self link, full name, e-mail, or, in the project
        (and location) of `near`, by its short name."""

    def all(self, token: str, project: str = "") -> list[Resource]:
        """Every resource of this type, of one project or of all."""

    def project_number(self, project: str) -> str:
        """The number of a project that exists.

        Raises:
            Refused: There is no such project.
        """

    def enabled(self, project: str, api: str) -> bool:
        """Is this API enabled in this project?"""

    def account(self, email: str) -> bool:
        """Does this service account or service agent exist?"""

    def local_cluster(self) -> LocalCluster:
        """The cluster that stands in for GKE; a made-up one if A_TU_MANO_GCP_CLUSTER is not set."""

    def quota(self, project: str, region: str, metric: str) -> float:
        """The limit of a quota (`CPUS`, `IN_USE_ADDRESSES`, …) in a region; a new project's defaults unless set."""


Fill = Callable[[Resource, Cloud], Properties]
"""What GCP fills in: called after a creation and after every change, merged over the inputs."""
Validation = Callable[[Properties], Iterable[str]]
"""A rule over inputs alone, which the provider itself checks, in a preview too; yields sentences.

Values may be UNKNOWN.
"""
Rule = Callable[[Resource, Cloud], Iterable["str | Refused"]]
"""A rule that Google's API checks on creation and change (or deletion); a string is an HTTP 400."""
Change = Callable[[Properties, Properties], Iterable[str]]
"""Old and new inputs to the paths whose change replaces it this time: the range of a subnetwork that shrinks."""
Companions = Callable[[Resource, Cloud], Iterable[tuple[str, Properties]]]
"""What GCP makes along with a resource: type and inputs of each. It goes when the resource goes."""
Invoke = Callable[[Properties, Cloud], Properties]
"""A data source: arguments (the provider's project, region and zone filled in) to result.

Raises:
    Refused: As the API would.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A property that names other resources, which must exist; while they are named they cannot be deleted."""

    path: str
    """Where the name is: `network`, `nodeConfig.serviceAccount`, `mapping.*.target`."""
    to: tuple[str, ...]
    """Types of what may be named."""
    holds: bool = True
    """Deleting what is named is refused while this exists. False: GCP lets it go and this dangles."""
    inside: bool = False
    """It is a part of what is named and goes with it: a record with its zone. Then `holds` says nothing."""
    unless: re.Pattern[str] | None = None
    """Values that name nothing of these kinds and pass: `default`, `latest`, a public key ring."""
    status: int = 404
    """What GCP answers when there is no such thing."""
    message: str = ""
    """What GCP says then, with `{value}`; empty: its usual sentence for that status."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """A service account that Google makes and runs a service as."""

    email: str
    """Template with `{number}` and `{project}`: `service-{number}@container-engine-robot.iam.gserviceaccount.com`."""
    api: str
    """The API it belongs to; it exists never before that is enabled."""
    on: str = "enable"
    """When it comes: `enable` with the API; `identity` when asked for (projects.ServiceIdentity, a data source), or
    else the type of the resource whose first creation in the project brings it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of resource."""

    token: str
    """Its type: `gcp:container/cluster:Cluster`."""
    id: str
    """Template of its id, which is also what is unique."""
    api: str | None
    """The API that must be enabled in its project: `container.googleapis.com`; None: no API to enable."""
    source: str
    """The page that says so."""

    names: tuple[str, ...] = ("selfLink", "name", "email")
    """Outputs by which others may name it, besides its id. A short name counts within project and location."""

    # What the provider checks before it asks Google, so in a preview too.
    immutable: frozenset[str] | None = None
    """Paths whose change replaces it. None: what the SDK's documentation says of each property."""
    replaced_by: tuple[Change, ...] = ()
    """Changes that replace it only in one direction, or together with another property."""
    required: tuple[str, ...] = ()
    """Paths that must be set, beyond what the SDK's types require. `a.b`: only where `a` is set."""
    one_of: tuple[tuple[str, ...], ...] = ()
    """Of each group exactly one path must be set."""
    at_least_one_of: tuple[tuple[str, ...], ...] = ()
    """Of each group at least one path must be set."""
    conflicts: tuple[tuple[str, ...], ...] = ()
    """Of each group at most one path may be set."""
    values: Mapping[str, "re.Pattern[str] | range | frozenset[str]"] = field(default_factory=dict)
    """What the value at a path may be: a pattern (the whole text), a range of whole numbers, an enumeration."""
    validations: tuple[Validation, ...] = ()
    """Rules over several inputs."""
    defaults: Properties = field(default_factory=dict)
    """What the provider assumes for paths (without `*`) that are not set: `deletionProtection` is true. An input left
    out, or removed, is this."""
    computed: frozenset[str] = frozenset()
    """Paths that GCP fills when they are left out, beyond what the SDK's types tell: leaving one out is no change."""
    delete_before_replace: bool = False
    """The provider deletes the old one first, beyond what is done for all: with a name that the program gave it does,
    with an automatic name it makes the new one first."""

    # What Google checks.
    references: tuple[Reference, ...] = ()
    rules: tuple[Rule, ...] = ()
    """Checked on creation and on every change."""
    deletion_rules: tuple[Rule, ...] = ()
    """Checked on deletion, beyond protection and references."""
    protected: str | None = None
    """Path of the switch that refuses deletion while true: `deletionProtection`."""
    keeps_name: bool = False
    """Google keeps it, or its name, after a deletion: a key ring, a project's id."""
    adopts: bool = False
    """Creating what is there already is not refused: an IAM member, an API."""

    # What Google fills in.
    outputs: Fill | None = None
    """What GCP fills in, beyond what is derived for every kind: id, project, selfLink, createTime, labels."""
    companions: Companions | None = None


def look(properties: Properties, path: str) -> Any:
    """The value at a path without `*`; None where there is none, UNKNOWN where a part of the way is unknown."""
    value: Any = properties
    for step in path.split("."):
        if value is UNKNOWN:
            return UNKNOWN
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def walk(properties: Any, path: str) -> list[tuple[str, Any]]:
    """Every value at a path, with the path that leads to it: `rules.*.priority` gives `rules[0].priority`, ….

    Unknown values on the way end there and are given as they are; what is not set is not given.
    """
    found: list[tuple[str, Any]] = [("", properties)]
    for step in path.split("."):
        following: list[tuple[str, Any]] = []
        for where, value in found:
            if value is UNKNOWN:
                following.append((where, value))
            elif step == "*" and isinstance(value, list):
                following += [(f"{where}[{position}]", item) for position, item in enumerate(value)]
            elif step == "*" and isinstance(value, Mapping):
                following += [(f"{where}.{key}", item) for key, item in value.items()]
            elif isinstance(value, Mapping) and value.get(step) is not None:
                following.append((f"{where}.{step}" if where else step, value[step]))
        found = following
    return found


def fill(template: str, properties: Properties) -> str:
    """A template with its properties filled in; one that is not there is left empty."""

    def value(found: re.Match[str]) -> str:
        text = str(look(properties, found[2]) or "")
        return text.rpartition("/")[2] if found[1] else text

    return re.sub(r"\{(/?)([A-Za-z0-9_.]+)\}", value, template)
