"""Named types of the GCP settings: what a value has to be, in words a person reads when it is not."""

import re
from typing import Annotated, Final

from infra.settings_types import Requirement, text, whole

CLOUD_BUILD_RESTRICTED_REGIONS: Final = frozenset(
    {"us-central1", "us-west2", "europe-west1", "asia-east1", "australia-southeast1", "southamerica-east1"}
)
"""Where a project without a billing history may run builds. Source: cloud.google.com/build/docs/locations."""

REGIONS: Final = tuple(
    f"{area}{number}"
    for area, numbers in {
        "africa-south": (1,),
        "asia-east": (1, 2),
        "asia-northeast": (1, 2, 3),
        "asia-south": (1, 2),
        "asia-southeast": (1, 2, 3),
        "australia-southeast": (1, 2),
        "europe-central": (2,),
        "europe-north": (1, 2),
        "europe-southwest": (1,),
        "europe-west": (1, 10, 12, 2, 3, 4, 6, 8, 9),
        "me-central": (1, 2),
        "me-west": (1,),
        "northamerica-northeast": (1, 2),
        "northamerica-south": (1,),
        "southamerica-east": (1,),
        "southamerica-west": (1,),
        "us-central": (1,),
        "us-east": (1, 4, 5),
        "us-south": (1,),
        "us-west": (1, 2, 3, 4),
    }.items()
    for number in numbers
)
"""Regions of Compute Engine. Source: cloud.google.com/compute/docs/regions-zones."""

_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def _one_of(*values: str | None) -> Requirement:
    words = ", ".join(f'"{value}"' for value in values if value is not None)
    return Requirement(f"one of {words}", f"Write one of {words}.", lambda value: value in values)


Region = Annotated[
    str,
    Requirement("a region of GCP", 'Write one such as "europe-west1".', lambda value: value in REGIONS),
]

Zone = Annotated[
    str,
    Requirement(
        "a zone of GCP",
        'Write one such as "europe-west1-b", or leave it out for the default.',
        lambda value: (
            isinstance(value, str) and value[:-2] in REGIONS and re.fullmatch(r"-[a-f]", value[-2:]) is not None
        ),
    ),
]

ProjectId = Annotated[
    str,
    Requirement(
        "a project id: 6 to 30 lower-case letters, digits and dashes, starting with a letter, not ending in a dash",
        'Write one such as "atm-dev-4f6a1c", or leave it out for one made from the prefix and the stack.',
        text(r"[a-z][-a-z0-9]{4,28}[a-z0-9]"),
    ),
]

BillingAccount = Annotated[
    str,
    Requirement(
        "a billing account id of three groups of six hexadecimal digits",
        "Find it with `gcloud billing accounts list` or in the console under Billing; then run "
        "`make set STACK={stack} KEY=gcp.project.billingAccount VALUE=XXXXXX-XXXXXX-XXXXXX`.",
        text(r"[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}"),
    ),
]

Parent = Annotated[
    str,
    Requirement(
        "an organization or a folder",
        'Write "organizations/123456789012" or "folders/123456789012", or leave it out for a project without a parent.',
        text(r"(organizations|folders)/[1-9]\d{5,19}"),
    ),
]

Email = Annotated[
    str,
    Requirement(
        "an e-mail address",
        "Run `make set STACK={stack} KEY=gcp.project.contact VALUE=team@example.com`.",
        text(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+", 254),
    ),
]

Member = Annotated[
    str,
    Requirement(
        "a principal that is a person or a group",
        'Write one such as "user:ana@example.com" or "group:platform@example.com".',
        text(r"(user|group):[A-Za-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}", 260),
    ),
]

Domain = Annotated[
    str,
    Requirement(
        "a domain name you own, or a subdomain of it",
        "Run `make set STACK={stack} KEY=gcp.edge.domain VALUE=shop.example.com`.",
        text(r"([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])", 253),
    ),
]

BitbucketWorkspace = Annotated[
    str,
    Requirement(
        "the id of a Bitbucket workspace, as it is in its URL",
        "Run `make set STACK={stack} KEY=gcp.delivery.bitbucket.workspace VALUE=my-workspace`.",
        text(r"[a-z0-9][-_a-z0-9]{0,61}"),
    ),
]

BitbucketRepository = Annotated[
    str,
    Requirement(
        "the name of a Bitbucket repository, as it is in its URL",
        "Run `make set STACK={stack} KEY=gcp.delivery.bitbucket.repository VALUE=a-tu-mano`.",
        text(r"[a-z0-9._][-_.a-z0-9]{0,61}"),
    ),
]


def _uuid(what: str, setting: str, where: str) -> Requirement:
    return Requirement(
        f"the UUID of {what} without braces",
        f"Find it in Bitbucket under {where}; then run "
        f"`make set STACK={{stack}} KEY=gcp.delivery.bitbucket.{setting} VALUE=00000000-0000-0000-0000-000000000000`.",
        text(_UUID),
    )


WorkspaceUuid = Annotated[
    str, _uuid("the Bitbucket workspace", "workspaceUuid", "Repository settings > OpenID Connect (audience)")
]
RepositoryUuid = Annotated[
    str, _uuid("the Bitbucket repository", "repositoryUuid", "Repository settings > OpenID Connect (repository UUID)")
]
EnvironmentUuid = Annotated[
    str, _uuid("the deployment environment", "environmentUuid", "Repository settings > OpenID Connect (environments)")
]

Branch = Annotated[
    str,
    Requirement(
        "the name of a branch, without wildcards",
        'Write one such as "develop".',
        text(r"[A-Za-z0-9]([-_./A-Za-z0-9]*[A-Za-z0-9])?", 200),
    ),
]

Rotation = Annotated[
    int, Requirement("a number of days from 1 to 90", "Write a number such as 90 (CIS GCP 1.10).", whole(1, 90))
]
Days = Annotated[int, Requirement("a number of days from 1 to 3650", "Write a number such as 30.", whole(1, 3650))]
BackupDays = Annotated[int, Requirement("a number of days from 1 to 365", "Write a number such as 14.", whole(1, 365))]
Fraction = Annotated[
    float,
    Requirement(
        "a number above 0 and at most 1",
        "Write a number such as 0.5.",
        lambda value: isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 1,
    ),
]
Threshold = Annotated[
    float,
    Requirement(
        "a share of the budget above 0 and at most 10",
        "Write a number such as 0.9.",
        lambda value: isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 10,  # noqa: PLR2004
    ),
]
Objective = Annotated[
    float,
    Requirement(
        "a share from 0.5 to 0.9999",
        "Write a number such as 0.995.",
        lambda value: isinstance(value, float) and 0.5 <= value <= 0.9999,  # noqa: PLR2004
    ),
]
Milliseconds = Annotated[
    int, Requirement("a number of milliseconds from 10 to 60000", "Write a number such as 500.", whole(10, 60000))
]
Amount = Annotated[
    int, Requirement("a whole amount of money from 1 to 1000000", "Write a number such as 150.", whole(1, 1_000_000))
]
Currency = Annotated[
    str,
    Requirement(
        "the three letters of the billing account's currency (ISO 4217)", 'Write it such as "USD".', text(r"[A-Z]{3}")
    ),
]
Versions = Annotated[
    int, Requirement("a number of versions from 1 to 1000", "Write a number such as 10.", whole(1, 1000))
]
Nodes = Annotated[
    int, Requirement("a number of nodes per zone from 0 to 100", "Write a number such as 1.", whole(0, 100))
]
MostNodes = Annotated[
    int, Requirement("a number of nodes per zone from 1 to 100", "Write a number such as 3.", whole(1, 100))
]
DiskGb = Annotated[int, Requirement("a number of GB from 12 to 65536", "Write a number such as 50.", whole(12, 65536))]
Clock = Annotated[
    str, Requirement("a time of day in UTC", 'Write it such as "03:00".', text(r"([01]\d|2[0-3]):[0-5]\d"))
]
Weekday = Annotated[str, _one_of("MO", "TU", "WE", "TH", "FR", "SA", "SU")]
WindowHours = Annotated[int, Requirement("a number of hours from 4 to 24", "Write a number such as 6.", whole(4, 24))]
LockDays = Annotated[int, Requirement("a number of days from 0 to 90", "Write a number such as 7.", whole(0, 90))]
RingSuffix = Annotated[
    str,
    Requirement(
        "a text of 1 to 8 lower-case letters and digits", 'Write one such as "2", in quotes.', text(r"[a-z0-9]{1,8}")
    ),
]
Instant = Annotated[
    str,
    Requirement(
        "a time in RFC 3339 and UTC",
        'Write it such as "2026-12-20T00:00:00Z".',
        text(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ"),
    ),
]
ExclusionScope = Annotated[str, _one_of("NO_UPGRADES", "NO_MINOR_UPGRADES", "NO_MINOR_OR_NODE_UPGRADES")]
ProtectionLevel = Annotated[str, _one_of("SOFTWARE", "HSM")]
ClusterMode = Annotated[str, _one_of("autopilot", "standard")]
ReleaseChannel = Annotated[str, _one_of("RAPID", "REGULAR", "STABLE", "EXTENDED")]
MachineType = Annotated[
    str,
    Requirement(
        "a machine type of Compute Engine",
        'Write one such as "e2-standard-2".',
        text(r"[a-z][a-z0-9]*(-[a-z0-9]+)+"),
    ),
]
DiskType = Annotated[str, _one_of("pd-standard", "pd-balanced", "pd-ssd", "hyperdisk-balanced")]
PoolName = Annotated[
    str,
    Requirement(
        "a node pool's name of at most 24 characters",
        "Use lower-case letters, digits and dashes, starting with a letter.",
        # GKE takes 40; the cluster's role comes before it and a dash and seven random digits after it.
        text(r"[a-z]([-a-z0-9]{0,22}[a-z0-9])?"),
    ),
]
PoolPurpose = Annotated[str, _one_of("services", "database")]
Enforcement = Annotated[str, _one_of("enforce", "audit", "off")]
RateLimit = Annotated[
    int,
    Requirement("a number of requests a minute from 10 to 1000000", "Write a number such as 600.", whole(10, 10**6)),
]
PinnedImage = Annotated[
    str,
    Requirement(
        "an image by digest or by a tag with a version",
        'Write one such as "golang:1.26.8-bookworm" or "golang@sha256:<64 hexadecimal digits>".',
        text(r"[a-z0-9][-a-z0-9._:/]*[a-z0-9](@sha256:[0-9a-f]{64}|:[A-Za-z0-9_.-]*\d[A-Za-z0-9_.-]*)", 512),
    ),
]
BuildMachine = Annotated[str, _one_of("E2_MEDIUM", "E2_HIGHCPU_8", "E2_HIGHCPU_32")]
BuildMinutes = Annotated[
    int, Requirement("a number of minutes from 10 to 1440", "Write a number such as 180.", whole(10, 1440))
]
TriggerName = Annotated[
    str,
    Requirement(
        "a trigger's name of at most 40 characters",
        "Use lower-case letters, digits and dashes, starting with a letter.",
        text(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?"),
    ),
]
