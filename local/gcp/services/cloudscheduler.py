"""Cloud Scheduler: jobs. A job never runs here."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from zoneinfo import available_timezones

from local.gcp.kinds import Kind, Properties, Reference
from local.gcp.rules import DELETION_POLICY, DURATION, TOPIC, account, known, lasting, place, settled

_TARGETS: Final = ("appEngineHttpTarget", "httpTarget", "pubsubTarget")
_SHORTHAND: Final = "every "


def _schedule(properties: Properties) -> Iterator[str]:
    text, zone = known(properties, "schedule"), known(properties, "timeZone")
    if isinstance(text, str) and not text.startswith(_SHORTHAND) and not re.fullmatch(r"\S+(\s+\S+){4}", text):
        yield f"schedule is {text!r}; five fields as in cron are required."
    if isinstance(zone, str) and zone not in available_timezones():
        yield f"timeZone is {zone!r}; a name of the tz database, such as Europe/Madrid, is required."


KINDS: Final = (
    Kind(
        token="gcp:cloudscheduler/job:Job",
        id="projects/{project}/locations/{region}/jobs/{name}",
        api="cloudscheduler.googleapis.com",
        source="cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs",
        names=("name",),
        immutable=frozenset({"name", "project", "region"}),
        one_of=(_TARGETS,),
        conflicts=(("httpTarget.oauthToken", "httpTarget.oidcToken"),),
        values={
            "name": re.compile(r"[a-zA-Z0-9_-]{1,500}"),
            "attemptDeadline": DURATION,
            "httpTarget.uri": re.compile(r"https?://\S+"),
            "pubsubTarget.topicName": re.compile(r"projects/[^/]+/topics/[^/]+"),
            "retryConfig.retryCount": range(6),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(lasting("attemptDeadline", timedelta(seconds=15), timedelta(minutes=30)), _schedule),
        defaults={"timeZone": "Etc/UTC"},
        references=(
            Reference(path="pubsubTarget.topicName", to=(TOPIC,), holds=False),
            account("httpTarget.oauthToken.serviceAccountEmail"),
            account("httpTarget.oidcToken.serviceAccountEmail"),
        ),
        rules=(place("region"),),
        outputs=lambda resource, _: {"state": "PAUSED" if resource.get("paused") else "ENABLED"},
    ),
)
