"""Pub/Sub: topics and subscriptions."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from local.gcp.kinds import Kind, Properties, Reference
from local.gcp.rules import (
    DELETION_POLICY,
    DURATION,
    TOPIC,
    account,
    iam_member,
    key,
    known,
    labels,
    lasting,
    seconds,
    settled,
    usable_key,
    words,
)
from local.gcp.services.agents import PUBSUB

_SUBSCRIPTION: Final = "gcp:pubsub/subscription:Subscription"
_API: Final = "pubsub.googleapis.com"
_DOCS: Final = "cloud.google.com/pubsub/docs/reference/rest/v1/"
_NAME: Final = re.compile(r"(?!goog)[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}")
_MONTH: Final = timedelta(days=31)


def _expiration(properties: Properties) -> Iterator[str]:
    ttl = known(properties, "expirationPolicy.ttl")
    kept = known(properties, "messageRetentionDuration")
    if isinstance(ttl, str) and ttl and seconds(ttl) < timedelta(days=1).total_seconds():
        yield f"expirationPolicy.ttl is {ttl!r}; at least a day, or an empty text for never, is required."
    if isinstance(ttl, str) and ttl and isinstance(kept, str) and seconds(ttl) < seconds(kept):
        yield f"expirationPolicy.ttl is {ttl!r}; longer than messageRetentionDuration ({kept}) is required."


KINDS: Final = (
    Kind(
        token=TOPIC,
        id="projects/{project}/topics/{name}",
        api=_API,
        source=_DOCS + "projects.topics",
        names=("name",),
        immutable=frozenset({"name", "project", "tags"}),
        values={
            "name": _NAME,
            "messageRetentionDuration": DURATION,
            "ingestionDataSourceSettings.platformLogsSettings.severity": words(
                "SEVERITY_UNSPECIFIED DISABLED DEBUG INFO WARNING ERROR"
            ),
            "schemaSettings.encoding": words("ENCODING_UNSPECIFIED JSON BINARY"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(labels(), lasting("messageRetentionDuration", timedelta(minutes=10), _MONTH)),
        references=(key("kmsKeyName"),),
        rules=(usable_key("kmsKeyName", PUBSUB, None),),
    ),
    Kind(
        token=_SUBSCRIPTION,
        id="projects/{project}/subscriptions/{name}",
        api=_API,
        source=_DOCS + "projects.subscriptions",
        names=("name",),
        immutable=frozenset({"enableMessageOrdering", "filter", "name", "project", "tags", "topic"}),
        conflicts=(("bigqueryConfig", "cloudStorageConfig", "pushConfig"),),
        values={
            "name": _NAME,
            "ackDeadlineSeconds": range(10, 601),
            "filter": re.compile(r"[\s\S]{0,256}"),
            "messageRetentionDuration": DURATION,
            "deadLetterPolicy.maxDeliveryAttempts": range(5, 101),
            "pushConfig.pushEndpoint": re.compile(r"https://\S+"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(
            labels(),
            lasting("messageRetentionDuration", timedelta(minutes=10), _MONTH),
            lasting("retryPolicy.minimumBackoff", timedelta(0), timedelta(minutes=10)),
            lasting("retryPolicy.maximumBackoff", timedelta(0), timedelta(minutes=10)),
            _expiration,
        ),
        defaults={"messageRetentionDuration": "604800s"},
        # A topic can be deleted under its subscriptions, which then stay without one.
        references=(
            Reference(path="topic", to=(TOPIC,), holds=False),
            Reference(path="deadLetterPolicy.deadLetterTopic", to=(TOPIC,), holds=False),
            account("pushConfig.oidcToken.serviceAccountEmail"),
        ),
    ),
    iam_member(
        "gcp:pubsub/topicIAMMember:TopicIAMMember",
        Reference(path="topic", to=(TOPIC,), holds=False),
        id="projects/{project}/topics/{/topic}",
        api=_API,
        source=_DOCS + "projects.topics/setIamPolicy",
        services=("pubsub",),
        also=("project",),
    ),
    iam_member(
        "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember",
        Reference(path="subscription", to=(_SUBSCRIPTION,), holds=False),
        id="projects/{project}/subscriptions/{/subscription}",
        api=_API,
        source=_DOCS + "projects.subscriptions/setIamPolicy",
        services=("pubsub",),
        also=("project",),
    ),
)
