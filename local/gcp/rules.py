"""What several tables of the emulated GCP say alike: names, places, keys an agent must be able to use, IAM members.

Deliberately not here: what only one service says, which its table says itself. IAM is not eventually consistent here:
a grant counts at once, while the real one may take minutes (cloud.google.com/iam/docs/access-change-propagation).
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from infra.settings_gcp_types import REGIONS
from local.gcp import roles
from local.gcp.kinds import (
    ACCOUNT,
    PROJECT,
    UNKNOWN,
    Cloud,
    Kind,
    Properties,
    Reference,
    Refused,
    Resource,
    Rule,
    Validation,
    fill,
    look,
    walk,
)

ADDRESS: Final = "gcp:compute/address:Address"
BUCKET: Final = "gcp:storage/bucket:Bucket"
CLUSTER: Final = "gcp:container/cluster:Cluster"
CRYPTO_KEY: Final = "gcp:kms/cryptoKey:CryptoKey"
CUSTOM_ROLE: Final = "gcp:projects/iAMCustomRole:IAMCustomRole"
NETWORK: Final = "gcp:compute/network:Network"
NODE_POOL: Final = "gcp:container/nodePool:NodePool"
NOTIFICATION_CHANNEL: Final = "gcp:monitoring/notificationChannel:NotificationChannel"
SECRET: Final = "gcp:secretmanager/secret:Secret"
SECRET_VERSION: Final = "gcp:secretmanager/secretVersion:SecretVersion"
SUBNETWORK: Final = "gcp:compute/subnetwork:Subnetwork"
TOPIC: Final = "gcp:pubsub/topic:Topic"
WORKLOAD_POOL: Final = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool"

COMPUTE_NAME: Final = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
"""Source: cloud.google.com/compute/docs/naming-resources."""
DURATION: Final = re.compile(r"[0-9]+(\.[0-9]{1,9})?s")
"""Seconds, as in `3600s`. Source: protobuf.dev/reference/protobuf/google.protobuf, Duration."""
INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})")
"""RFC 3339."""
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
DELETION_POLICY: Final = frozenset({"DELETE", "PREVENT", "ABANDON"})

_ZONES: Final = {"europe-west1": "bcd", "us-central1": "abcf", "us-east1": "bcd"}
"""Letters of a region's zones where they are not a, b, c. Source: cloud.google.com/compute/docs/regions-zones."""

_ENCRYPTERS: Final = frozenset(
    {"roles/cloudkms.cryptoKeyEncrypterDecrypter", "roles/cloudkms.cryptoOperator", "roles/container.cloudKmsKeyUser"}
)
_KEY_GRANTS: Final = (
    ("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", "cryptoKeyId"),
    ("gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding", "cryptoKeyId"),
    ("gcp:kms/keyRingIAMMember:KeyRingIAMMember", "keyRingId"),
)
_PROJECT_GRANTS: Final = (
    ("gcp:projects/iAMMember:IAMMember", "project"),
    ("gcp:projects/iAMBinding:IAMBinding", "project"),
)

_MEMBER: Final = re.compile(
    r"(user|group|domain|projectOwner|projectEditor|projectViewer):[^\s:]+"
    r"|serviceAccount:([^\s:\[\]]+(\[[^\s/]+/[^\s/]+\])?)"
    r"|principal(Set)?://[^\s]+|allUsers|allAuthenticatedUsers"
)
_POOL_IN_MEMBER: Final = re.compile(
    r"principal(?:Set)?://iam\.googleapis\.com/projects/(\d+)/locations/global/workloadIdentityPools/([^/]+)/.+"
)
_CLUSTERS_POOL: Final = re.compile(r"(.+)\.svc\.id\.goog")


def words(text: str) -> frozenset[str]:
    """An enumeration from its values with spaces between them."""
    return frozenset(text.split())


class NotKnown(Exception):
    """A rule asked for a value that a preview does not know yet, so it has nothing to say."""


def given(properties: Properties, path: str) -> bool:
    """Is a path set, be it to a value that is not known yet?

    Raises:
        NotKnown: What it is in is not known yet.
    """
    parent, _, last = path.rpartition(".")
    within = look(properties, parent) if parent else properties
    if within is UNKNOWN:
        raise NotKnown
    return look(within, last) is not None if isinstance(within, Mapping) else False


def known(properties: Properties, path: str) -> Any:
    """The value at a path; None where it is not set.

    Raises:
        NotKnown: It, or something in it, is not known yet.
    """
    value = look(properties, path)
    if not _is_known(value):
        raise NotKnown
    return value


def values(properties: Properties, path: str) -> Iterator[tuple[str, Any]]:
    """The values at a path with `*` that are known, each with where it is."""
    return ((where, value) for where, value in walk(properties, path) if _is_known(value))


def _is_known(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_known, value.values()))
    return all(map(_is_known, value)) if isinstance(value, list) else value is not UNKNOWN


def settled(*validations: Validation) -> tuple[Validation, ...]:
    """Validations that end where they would need what is not known yet."""

    def ending(validation: Validation) -> Validation:
        def check(properties: Properties) -> Iterator[str]:
            try:
                yield from validation(properties)
            except NotKnown:
                return

        return check

    return tuple(map(ending, validations))


def seconds(duration: str) -> float:
    """The length of a duration such as `3600s`; of anything else, none."""
    return float(duration[:-1]) if DURATION.fullmatch(duration) else 0.0


def between(path: str, low: float, high: float) -> Validation:
    """The numbers at a path are between two, both included."""

    def check(properties: Properties) -> Iterator[str]:
        for where, value in values(properties, path):
            if not isinstance(value, (int, float)) or not low <= value <= high:
                yield f"{where} is {value}; a number from {low} to {high} is required."

    return check


def lasting(path: str, low: timedelta, high: timedelta) -> Validation:
    """The durations at a path are between two, both included."""

    def check(properties: Properties) -> Iterator[str]:
        for where, value in values(properties, path):
            if not low.total_seconds() <= seconds(str(value)) <= high.total_seconds():
                yield (
                    f"{where} is {value!r}; a duration from {low.total_seconds():.0f}s to {high.total_seconds():.0f}s "
                    "is required."
                )

    return check


def ranges(path: str, longest: int = 32, shortest: int = 0) -> Validation:
    """The texts at a path are IP ranges, written with the first address, of a prefix between two lengths."""

    def check(properties: Properties) -> Iterator[str]:
        for where, value in values(properties, path):
            try:
                network = ipaddress.ip_network(str(value))
            except ValueError as error:
                yield f"{where} is {value!r}, which is no IP range: {error}."
                continue
            limits = (shortest, longest) if network.version == 4 else (0, 128)  # noqa: PLR2004
            if not limits[0] <= network.prefixlen <= limits[1]:
                yield f"{where} is {value}; a range from /{limits[0]} to /{limits[1]} is required."

    return check


def unique(path: str) -> Validation:
    """The values at a path differ from each other."""

    def check(properties: Properties) -> Iterator[str]:
        seen: set[str] = set()
        for where, value in values(properties, path):
            if str(value) in seen:
                yield f"{where} is {value!r} as another one is; each has to differ."
            seen.add(str(value))

    return check


def together(path: str, value: Any, needs: str) -> Validation:
    """Where a path has this value, another path must be set."""

    def check(properties: Properties) -> Iterator[str]:
        if known(properties, path) == value and not given(properties, needs):
            yield f"{path} is {value!r}, which needs {needs}. Set it."

    return check


def only_with(path: str, other: str, allowed: Collection[Any]) -> Validation:
    """A path may be set only where another has one of these values."""

    def check(properties: Properties) -> Iterator[str]:
        found = known(properties, other) if given(properties, path) else None
        if given(properties, path) and found not in allowed:
            choices = " or ".join(str(value) for value in allowed)
            yield f"{path} is set, which needs {other} to be {choices}; it is {found}."

    return check


def labels(path: str = "labels") -> Validation:
    """Keys and values of labels. Source: cloud.google.com/resource-manager/docs/labels-overview."""
    key, value_ = re.compile(r"[a-z][-_a-z0-9]{0,62}"), re.compile(r"[-_a-z0-9]{0,63}")

    def check(properties: Properties) -> Iterator[str]:
        given_ = look(properties, path)
        for name, value in (given_ if isinstance(given_, Mapping) else {}).items():
            if not key.fullmatch(name) or (value is not UNKNOWN and not value_.fullmatch(str(value))):
                yield (
                    f"{path} has {name}={value!r}; keys and values of at most 63 lower-case letters, digits, dashes "
                    "and underscores are required, a key starting with a letter."
                )

    return check


def region(location: str) -> str:
    """The region of a zone, or the region itself."""
    return location[:-2] if re.fullmatch(r".+-[a-z]", location) and location not in REGIONS else location


def zones(of: str) -> list[str]:
    """The zones of a region."""
    return [f"{of}-{letter}" for letter in _ZONES.get(of, "abc")]


def place(path: str = "location", *others: str, zonal: bool = False) -> Rule:
    """The location is a region (or a zone, if `zonal`) or one of `others`."""

    def rule(resource: Resource, _cloud: Cloud) -> Iterator[str]:
        found = str(resource.get(path))
        if (
            found in others
            or found in REGIONS
            or (zonal and found in zones(region(found)) and region(found) in REGIONS)
        ):
            return
        wanted = " or ".join(["a region", *(["a zone"] if zonal else []), *map(repr, others)])
        yield f"Location {found!r} is not found or access is unauthorized; {path} has to be {wanted}."

    return rule


def api_of(path: str, api: str, title: str) -> Rule:
    """The API is enabled in the project that a path names, for a kind that has no project itself."""

    def rule(resource: Resource, cloud: Cloud) -> Iterator[Refused]:
        project = cloud.find((PROJECT,), str(resource.get(path)), resource)
        if project is not None and not cloud.enabled(str(project.inputs["projectId"]), api):
            number = cloud.project_number(str(project.inputs["projectId"]))
            yield Refused(
                403,
                f"{title} has not been used in project {number} before or it is disabled. Enable {api} with "
                "gcp.projects.Service, and let this depend on it.",
            )

    return rule


def within_quota(metric: str, where: str | None = None, counted: Callable[[Resource], bool] = lambda _: True) -> Rule:
    """Resources of this kind in the project (and in the region at a path) are no more than a quota allows.

    Source: cloud.google.com/compute/resource-usage.
    """

    def rule(resource: Resource, cloud: Cloud) -> Iterator[Refused]:
        here = str(resource.get(where)) if where is not None else "global"
        others = [
            one
            for one in cloud.all(resource.token, resource.project)
            if one.id != resource.id and counted(one) and (where is None or one.get(where) == resource.get(where))
        ]
        limit = cloud.quota(resource.project, here, metric)
        if counted(resource) and len(others) + 1 > limit:
            place_ = "globally" if where is None else f"in region {here}"
            yield Refused(403, f"Quota '{metric}' exceeded. Limit: {limit} {place_}. Ask for more, or make fewer.")

    return rule


def agent(template: str, resource: Resource, cloud: Cloud) -> str:
    """The e-mail of a service agent in the project of a resource."""
    return fill(template, {"number": cloud.project_number(resource.project), "project": resource.project})


def granted(
    cloud: Cloud, email: str, allowed: Collection[str], to: Resource, grants: Iterable[tuple[str, str]]
) -> bool:
    """Has a service account one of these roles on a resource, by one of these types of grants or on its project?"""
    member = f"serviceAccount:{email}"
    project = to.id.split("/")[1]
    for token, path in (*grants, *_PROJECT_GRANTS):
        for grant in cloud.all(token):
            given = grant.inputs.get("members") or [grant.inputs.get("member")]
            if grant.inputs.get("role") not in allowed or member not in given:
                continue
            named = str(grant.inputs[path])
            if (token, path) in _PROJECT_GRANTS:
                if named.removeprefix("projects/") == project:
                    return True
                continue
            found = cloud.find((to.token,), named, grant)
            if (found is not None and found.id == to.id) or to.id.startswith(named + "/cryptoKeys/"):
                return True
    return False


def key(path: str) -> Reference:
    """A path that names a KMS key. Google destroys a key's versions although they are in use, so nothing is held."""
    return Reference(path=path, to=(CRYPTO_KEY,), holds=False, message="KMS key {value} not found.")


def usable_key(path: str, email: str, where: str | None = "location") -> Rule:
    """A service agent was granted the use of the key at a path, which is in the same place as the resource.

    Source: cloud.google.com/kms/docs/cmek, and the page on customer-managed keys of each service.
    """

    def rule(resource: Resource, cloud: Cloud) -> Iterator[str | Refused]:
        for at, name in values(resource.inputs, path):
            found = cloud.find((CRYPTO_KEY,), str(name), resource)
            if found is None:
                continue
            at_key = found.id.split("/")[3]
            here = region(str(resource.get(where))).lower() if where is not None else at_key
            if at_key != here:
                yield (
                    f"{at} is a key in {at_key}, but this is in {here}; a key in the same location is required. Use "
                    "one of a key ring there."
                )
            if found.get("purpose") not in (None, "ENCRYPT_DECRYPT"):
                yield f"{at} is a key for {found.get('purpose')}; one for ENCRYPT_DECRYPT is required."
            if not granted(cloud, agent(email, resource, cloud), _ENCRYPTERS, found, _KEY_GRANTS):
                yield Refused(
                    403,
                    f"Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource '{found.id}' (or it may "
                    f"not exist): grant roles/cloudkms.cryptoKeyEncrypterDecrypter to "
                    f"{agent(email, resource, cloud)} with gcp.kms.CryptoKeyIAMMember, and let this depend on it.",
                )

    return rule


def reads_secrets(paths: Iterable[str], email: str) -> Rule:
    """A service agent may read the secret versions at these paths."""

    def rule(resource: Resource, cloud: Cloud) -> Iterator[str | Refused]:
        for path in paths:
            for at, name in values(resource.inputs, path):
                secret = cloud.find((SECRET,), str(name).partition("/versions/")[0], resource)
                if secret is not None and not granted(
                    cloud,
                    agent(email, resource, cloud),
                    ("roles/secretmanager.secretAccessor", "roles/secretmanager.admin"),
                    secret,
                    (
                        ("gcp:secretmanager/secretIamMember:SecretIamMember", "secretId"),
                        ("gcp:secretmanager/secretIamBinding:SecretIamBinding", "secretId"),
                    ),
                ):
                    yield Refused(
                        403,
                        f"{at}: could not access secret {name} with service account {agent(email, resource, cloud)}. "
                        "Ensure the secret exists and grant roles/secretmanager.secretAccessor with "
                        "gcp.secretmanager.SecretIamMember, and let this depend on it.",
                    )

    return rule


def account(path: str) -> Reference:
    """A path that names a service account of this project by e-mail or full name; Google's own pass."""
    return Reference(
        path=path,
        to=(ACCOUNT,),
        holds=False,
        unless=re.compile(r"default|.+@(?!.+\.iam\.).+\.gserviceaccount\.com"),
        status=400,
        message="Service account {value} does not exist. Create it with gcp.serviceaccount.Account and name its email.",
    )


def iam_member(
    token: str,
    target: Reference,
    *,
    id: str,  # noqa: A002
    api: str | None,
    source: str,
    services: tuple[str, ...] = (),
    also: Collection[str] = (),
    names: "re.Pattern[str] | None" = None,
) -> Kind:
    """The kind of one member of one role on one resource.

    Args:
        token: Its type.
        target: The property that names the resource.
        id: Template of the resource's part of the id.
        api: The API of the resource.
        source: The page that says so.
        services: Whose roles apply to the resource; none: all of a project.
        also: Other properties that are a part of the resource's name.
        names: How the resource has to be named, where the provider is particular about it.
    """
    return Kind(
        token=token,
        id=f"{id}/{{role}}/{{member}}/{{condition.title}}",
        api=api,
        source=source,
        immutable=frozenset({"role", "member", "condition", target.path.split(".")[0], *also}),
        names=(),
        values={"member": _MEMBER} | ({target.path: names} if names is not None else {}),
        references=(target,),
        rules=(_role(services), _member, _condition),
        adopts=True,
        outputs=lambda resource, _: {"etag": "Bw" + resource.hexadecimal(9, "policy") + "="},
    )


def _role(services: tuple[str, ...]) -> Rule:
    def rule(resource: Resource, cloud: Cloud) -> Iterator[str]:
        role = str(resource.get("role"))
        said = roles.problem(role, services)
        if said is not None:
            yield said
        elif role.startswith("projects/") and cloud.find((CUSTOM_ROLE,), role, resource) is None:
            yield f"Role {role} does not exist. Create it with gcp.projects.IAMCustomRole and name its output `name`."

    return rule


def _member(resource: Resource, cloud: Cloud) -> Iterator[str]:
    member = str(resource.get("member"))
    kind, _, name = member.partition(":")
    if kind == "serviceAccount":
        pool = _CLUSTERS_POOL.fullmatch(name.partition("[")[0])
        if pool is not None and not _clusters_pool(pool[1], cloud):
            yield (
                f"Identity Pool does not exist ({pool[0]}). Please check that you specified a valid resource name: it "
                "comes with the project's first cluster that has Workload Identity; let this depend on the cluster."
            )
        if pool is None and not cloud.account(name):
            yield (
                f"Service account {name} does not exist. An agent of Google's exists once its API is enabled, some "
                "only once asked for with gcp.projects.ServiceIdentity; let this depend on that."
            )
    found = _POOL_IN_MEMBER.fullmatch(member)
    if found is not None:
        number, id_ = found.groups()
        clusters = _CLUSTERS_POOL.fullmatch(id_)
        if clusters is not None:
            if not _clusters_pool(clusters[1], cloud):
                yield f"Identity Pool does not exist ({id_}). It comes with the project's first cluster."
        elif not any(
            pool.inputs.get("workloadIdentityPoolId") == id_ and cloud.project_number(pool.project) == number
            for pool in cloud.all(WORKLOAD_POOL)
        ):
            yield f"Identity Pool does not exist (projects/{number}/locations/global/workloadIdentityPools/{id_})."
    elif member.startswith("principal") and "workloadIdentityPools" in member:
        yield (
            f"Member {member} is not valid: principalSet://iam.googleapis.com/projects/NUMBER/locations/global/"
            "workloadIdentityPools/POOL/… with the project's number is required."
        )


def _clusters_pool(project: str, cloud: Cloud) -> bool:
    return any(
        cluster.get("enableAutopilot") or cluster.get("workloadIdentityConfig.workloadPool")
        for cluster in cloud.all(CLUSTER, project)
    )


def _condition(resource: Resource, _cloud: Cloud) -> Iterator[str]:
    if resource.get("condition") is not None and resource.get("role") in roles.BASIC:
        yield f"Role {resource.get('role')} cannot have a condition: it is a basic role. Use a predefined one."
