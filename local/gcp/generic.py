"""What can be said of a type without a table: from the SDK's documentation of it, and from habits of Google's APIs.

Deliberately coarse: no patterns, no references but an IAM grant's resource. A type whose rules matter gets a table.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.gcp.kinds import ACCOUNT, PROJECT, Kind, Properties, Reference, Resource
from local.gcp.schema import Property, Schema, load

_APIS: Final[Mapping[str, str | None]] = {
    "accesscontextmanager": "accesscontextmanager.googleapis.com",
    "appengine": "appengine.googleapis.com",
    "bigqueryanalyticshub": "analyticshub.googleapis.com",
    "bigquerydatapolicy": "bigquerydatapolicy.googleapis.com",
    "bigtable": "bigtableadmin.googleapis.com",
    "billing": None,
    "certificateauthority": "privateca.googleapis.com",
    "cloudbuildv2": "cloudbuild.googleapis.com",
    "cloudfunctionsv2": "cloudfunctions.googleapis.com",
    "cloudrun": "run.googleapis.com",
    "cloudrunv2": "run.googleapis.com",
    "dataloss": "dlp.googleapis.com",
    "diagflow": "dialogflow.googleapis.com",
    "filestore": "file.googleapis.com",
    "folder": None,
    "iam": "iam.googleapis.com",
    "kms": "cloudkms.googleapis.com",
    "organizations": None,
    "orgpolicy": "orgpolicy.googleapis.com",
    "projects": None,
    "resourcemanager": None,
    "serviceaccount": "iam.googleapis.com",
    "sql": "sqladmin.googleapis.com",
    "storage": None,
    "tags": None,
    "vertex": "aiplatform.googleapis.com",
}
"""API of each module of the SDK whose API is not called as the module is; None: works without enabling one."""

_GRANT: Final = re.compile(r"I[Aa][Mm](?:Member|Binding|Policy|AuditConfig)$")
_PLACES: Final = ("project", "location", "region", "zone")
_TIME: Final = re.compile(r"[tT]ime(?:stamp)?$")
_NEVER: Final = re.compile(r"(?:delete|deletion|destroy|expire|expiration|purge)\w*Time", re.I)


@dataclass(frozen=True, slots=True)
class Automatic:
    """A property that the real provider names when the program does not."""

    name: str
    longest: int = 63
    digits: int = 7
    """Of the random end; none: the logical name is the name."""


# Source: provider/resources.go of the real provider, August 2026. All others have `name`, where it can be set.
_AUTOMATIC: Final[Mapping[str, tuple[Automatic, ...]]] = {
    PROJECT: (Automatic("projectId", 30), Automatic("name", digits=0)),
    ACCOUNT: (Automatic("accountId", 30),),
    "gcp:projects/iAMCustomRole:IAMCustomRole": (Automatic("roleId"),),
    "gcp:organizations/iAMCustomRole:IAMCustomRole": (Automatic("roleId"),),
    "gcp:secretmanager/secret:Secret": (Automatic("secretId"),),
}
OLD_FIRST: Final = frozenset(
    {
        "gcp:bigquery/table:Table",
        "gcp:projects/iAMMember:IAMMember",
        "gcp:projects/iAMPolicy:IAMPolicy",
        "gcp:secretmanager/secret:Secret",
    }
)
"""Types that the real provider always deletes before it makes the new one. Same source."""


def named_automatically(schema: Schema) -> tuple[Automatic, ...]:
    """What of a type is named when the program does not."""
    if schema.token in _AUTOMATIC:
        return _AUTOMATIC[schema.token]
    one = schema.properties.get("name")
    named = one is not None and one.input and not one.required and one.type.kind == "str"
    return (Automatic("name"),) if named else ()


def is_grant(token: str) -> bool:
    """Is this an IAM binding, member, policy or audit configuration of another resource?"""
    return _GRANT.search(token) is not None


def granted_on(schema: Schema) -> tuple[str, str] | None:
    """Property and type of the resource that a grant is made on; None where the SDK does not tell."""
    token = schema.token
    if not is_grant(token):
        return None
    own = ("role", "member", "members", "condition", "policyData", "service", "auditLogConfigs", *_PLACES)
    named = [name for name, one in schema.properties.items() if one.input and one.required and name not in own]
    if len(named) != 1:
        return None
    package, module, name = token.split(":")
    service, _, file = module.partition("/")
    if service == "serviceaccount":
        return named[0], ACCOUNT
    on = f"{package}:{service}/{_GRANT.sub('', file)}:{_GRANT.sub('', name)}"
    return (named[0], on) if load(on) else None


def grant_id(schema: Schema) -> str:
    """Template of a grant's id: what it is on, the role, the member."""
    parts = [name for name, one in schema.properties.items() if one.input and (one.required or name in _PLACES)]
    order = [*_PLACES, *(name for name in parts if name not in (*_PLACES, "role", "member", "members"))]
    named = [name for name in order if name in parts] + [name for name in ("role", "member") if name in parts]
    return "/".join(f"{{{name}}}" for name in named)


def kind_without_table(schema: Schema) -> Kind:
    """What can be said of a type that has no table."""
    module = schema.token.split(":")[1].split("/")[0]
    grant = is_grant(schema.token)
    target = granted_on(schema)
    protected = schema.properties.get("deletionProtection")
    return Kind(
        token=schema.token,
        id=grant_id(schema) if grant else _id(schema),
        api=_APIS.get(module, f"{module}.googleapis.com"),
        source="documentation of the SDK",
        immutable=frozenset(_grant_fixed(schema)) if grant else documented_as_immutable(schema),
        references=(Reference(path=target[0], to=(target[1],), holds=False),) if target else (),
        protected="deletionProtection" if protected else None,
        defaults={"deletionProtection": True} if protected and protected.on else {},
        adopts=grant,
    )


def _grant_fixed(schema: Schema) -> Iterable[str]:
    """Everything of a grant is fixed but the members of a binding and the content of a policy."""
    changing = ("members", "policyData", "auditLogConfigs")
    return (name for name, one in schema.properties.items() if one.input and name not in changing)


def documented_as_immutable(schema: Schema) -> frozenset[str]:
    """Paths whose documentation says that a change makes a new resource."""

    def inside(properties: Mapping[str, Property], prefix: str, seen: tuple[str, ...]) -> Iterable[str]:
        for name, one in properties.items():
            type_, path = one.type, prefix + name
            if one.immutable:
                yield path
                continue
            while type_.of is not None:
                type_, path = type_.of, f"{path}.*"
            if type_.kind == "object" and type_.name not in seen:
                yield from inside(schema.fields(type_), f"{path}.", (*seen, type_.name))

    return frozenset(inside({name: one for name, one in schema.properties.items() if one.input}, "", ()))


def _id(schema: Schema) -> str:
    """The template that the documentation gives, with names that are properties."""

    def named(found: re.Match[str]) -> str:
        name = found[1]
        short = name.removesuffix("Id")
        known = [one for one in (name, f"{name}Id", short, "name") if one in schema.properties]
        return f"{{{known[0] if known else name}}}"

    if schema.id:
        return re.sub(r"\{(\w+)\}", named, schema.id)
    name = "name" if "name" in schema.properties else "displayName"
    return "/".join(f"{{{part}}}" for part in (*(place for place in _PLACES if place in schema.properties), name))


def filled(name: str, one: Property, resource: Resource, api: str | None) -> Any:
    """What GCP puts where a program sets nothing; None: it leaves it out."""
    if one.type.kind != "str":
        return {"bool": False, "int": 0, "float": 0, "list": [], "map": {}}.get(one.type.kind)
    service = (api or "www.googleapis.com").removesuffix(".googleapis.com")
    usual = {
        "selfLink": f"https://www.googleapis.com/{service}/v1/{resource.id}",
        "name": resource.id,
        "state": "ACTIVE",
        "deletionPolicy": "DELETE",
        "number": resource.number(12),
        "etag": resource.hexadecimal(16),
    }
    if name in usual:
        return usual[name]
    if name.endswith(("Id", "uid", "Uid")):
        return resource.number(19, name)
    if name.lower().endswith("fingerprint"):
        return resource.hexadecimal(16, name)
    return resource.created if _TIME.search(name) and not _NEVER.search(name) else ""


def labels(schema: Schema, inputs: Properties, defaults: Mapping[str, Any]) -> Properties:
    """`pulumiLabels` and `effectiveLabels` of a type that has them: the provider's labels under the resource's own."""
    if "effectiveLabels" not in schema.properties or "pulumiLabels" not in schema.properties:
        return {}
    own = inputs.get("resourceLabels" if "resourceLabels" in schema.properties else "labels") or {}
    together = {**defaults, **own} if isinstance(own, Mapping) else own
    return {"pulumiLabels": together, "effectiveLabels": together}
