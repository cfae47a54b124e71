"""Cloud Logging: metrics of log entries, buckets, sinks and exclusions. No entry is ever written here."""

import re
from collections.abc import Iterator
from typing import Final

from local.gcp.kinds import PROJECT, Cloud, Kind, Properties, Reference, Refused, Resource
from local.gcp.rules import BUCKET, DELETION_POLICY, TOPIC, given, key, known, place, settled, unique, words

METRIC: Final = "gcp:logging/metric:Metric"
_LOG_BUCKET: Final = "gcp:logging/projectBucketConfig:ProjectBucketConfig"
_API: Final = "logging.googleapis.com"
_DOCS: Final = "cloud.google.com/logging/docs/reference/v2/rest/v2/"
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_FILTER: Final = re.compile(r"[\s\S]{1,20000}")
_BUCKETS: Final = ("explicitBuckets", "exponentialBuckets", "linearBuckets")
_INDEXES: Final = 20

_DESTINATION: Final = re.compile(
    r"storage\.googleapis\.com/(?P<bucket>[^/]+)"
    r"|pubsub\.googleapis\.com/(?P<topic>projects/[^/]+/topics/[^/]+)"
    r"|logging\.googleapis\.com/(?P<logs>projects/[^/]+/locations/[^/]+/buckets/[^/]+)"
    r"|bigquery\.googleapis\.com/projects/[^/]+/datasets/[^/]+|logging\.googleapis\.com/projects/[^/]+"
)


def _metric(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/logging/docs/reference/v2/rest/v2/projects.metrics."""
    described = known(properties, "metricDescriptor") or {}
    distribution = described.get("valueType") == "DISTRIBUTION"
    if distribution and not given(properties, "valueExtractor"):
        yield "metricDescriptor.valueType is DISTRIBUTION, which needs valueExtractor."
    if given(properties, "valueExtractor") and described and not distribution:
        yield "valueExtractor is set, which needs metricDescriptor.valueType DISTRIBUTION."
    if given(properties, "bucketOptions") and not distribution:
        yield "bucketOptions is set, which needs metricDescriptor.valueType DISTRIBUTION."
    if described.get("metricKind") not in (None, "DELTA"):
        yield f"metricDescriptor.metricKind is {described.get('metricKind')}; a metric of log entries is DELTA."
    named = {one.get("key") for one in described.get("labels") or []}
    extracted = set(known(properties, "labelExtractors") or {})
    if named != extracted:
        yield (
            "metricDescriptor.labels and labelExtractors differ in "
            f"{', '.join(sorted(map(str, named ^ extracted)))}; both have each label."
        )


def _unlocked(old: Properties, new: Properties) -> Iterator[str]:
    if old.get("locked") is True and not new.get("locked"):
        yield "locked"


def _writer(resource: Resource, cloud: Cloud) -> Properties:
    if resource.get("customWriterIdentity"):
        return {"writerIdentity": resource.get("customWriterIdentity")}
    number = cloud.project_number(resource.project)
    own = resource.get("uniqueWriterIdentity") is not False
    email = f"service-{number}@gcp-sa-logging.iam" if own else "cloud-logs@system"
    return {"writerIdentity": f"serviceAccount:{email}.gserviceaccount.com"}


def _destination(resource: Resource, cloud: Cloud) -> Iterator[Refused]:
    found = _DESTINATION.fullmatch(str(resource.get("destination")))
    if found is None:
        return
    for name, token in (("bucket", BUCKET), ("topic", TOPIC), ("logs", _LOG_BUCKET)):
        own = found[name] is not None and found[name].endswith(("/buckets/_Default", "/buckets/_Required"))
        if found[name] is not None and not own and cloud.find((token,), found[name], resource) is None:
            yield Refused(404, f"destination {resource.get('destination')} was not found.")


KINDS: Final = (
    Kind(
        token=METRIC,
        id="{name}",
        api=_API,
        source=_DOCS + "projects.metrics",
        names=("name",),
        # The provider would write a metric of the new name and leave the old one behind.
        immutable=frozenset(
            {
                "metricDescriptor.labels.*.key",
                "metricDescriptor.labels.*.valueType",
                "name",
                "project",
            }
        ),
        one_of=(tuple(f"bucketOptions.{name}" for name in _BUCKETS),),
        values={
            "name": re.compile(r"[A-Za-z0-9_\-.,+!*',()%/]{1,100}"),
            "filter": _FILTER,
            "description": re.compile(r"[\s\S]{0,8000}"),
            "metricDescriptor.metricKind": words("DELTA GAUGE CUMULATIVE"),
            "metricDescriptor.valueType": words("BOOL INT64 DOUBLE STRING DISTRIBUTION MONEY"),
            "metricDescriptor.labels.*.valueType": words("BOOL INT64 STRING"),
            "metricDescriptor.labels.*.key": re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,99}"),
            "valueExtractor": re.compile(r"(EXTRACT|REGEXP_EXTRACT)\([\s\S]+\)"),
            "labelExtractors.*": re.compile(r"(EXTRACT|REGEXP_EXTRACT)\([\s\S]+\)"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(_metric),
    ),
    Kind(
        # _Default and _Required are there from the beginning, and setting one up takes it over. A bucket of an own
        # name stays for 7 days after a deletion; that it cannot be made anew meanwhile is not modelled.
        token=_LOG_BUCKET,
        id="projects/{project}/locations/{location}/buckets/{bucketId}",
        api=_API,
        source=_DOCS + "projects.locations.buckets",
        names=("name",),
        immutable=frozenset({"bucketId", "location", "project"}),
        replaced_by=(_unlocked,),
        values={
            "bucketId": _NAME,
            "retentionDays": range(1, 3651),
            "indexConfigs.*.type": words("INDEX_TYPE_STRING INDEX_TYPE_INTEGER"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(
            lambda properties: (
                [f"indexConfigs has more than {_INDEXES}."]
                if len(known(properties, "indexConfigs") or []) > _INDEXES
                else []
            ),
        ),
        defaults={"retentionDays": 30},
        references=(Reference(path="project", to=(PROJECT,), holds=False), key("cmekSettings.kmsKeyName")),
        rules=(place("location", "global", "us", "eu"),),
        adopts=True,
        outputs=lambda resource, _: {"name": resource.id, "lifecycleState": "ACTIVE"},
    ),
    Kind(
        token="gcp:logging/projectSink:ProjectSink",
        id="projects/{project}/sinks/{name}",
        api=_API,
        source=_DOCS + "projects.sinks",
        names=("name",),
        immutable=frozenset({"name", "project"}),
        values={
            "name": _NAME,
            "destination": _DESTINATION,
            "filter": re.compile(r"[\s\S]{0,20000}"),
            "exclusions.*.name": _NAME,
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(unique("exclusions.*.name")),
        defaults={"uniqueWriterIdentity": True},
        rules=(_destination,),
        outputs=_writer,
    ),
    Kind(
        token="gcp:logging/projectExclusion:ProjectExclusion",
        id="projects/{project}/exclusions/{name}",
        api=_API,
        source=_DOCS + "projects.exclusions",
        names=("name",),
        immutable=frozenset({"name", "project"}),
        values={"name": _NAME, "filter": _FILTER},
    ),
)
