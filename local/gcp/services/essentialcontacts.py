"""Essential contacts: who Google writes to."""

import re
from collections.abc import Iterator
from typing import Final

from local.gcp.kinds import FOLDER, ORGANIZATION, PROJECT, Cloud, Kind, Reference, Refused, Resource
from local.gcp.rules import DELETION_POLICY, EMAIL, api_of, words

_CONTACT: Final = "gcp:essentialcontacts/contact:Contact"


def _once(resource: Resource, cloud: Cloud) -> Iterator[Refused]:
    for other in cloud.all(_CONTACT):
        same = all(other.get(path) == resource.get(path) for path in ("email", "parent"))
        if same and other.id != resource.id:
            yield Refused(409, f"Contact {resource.get('email')} of {resource.get('parent')} already exists.")


KINDS: Final = (
    Kind(
        token=_CONTACT,
        id="{parent}/contacts/{#19}",
        api=None,
        source="cloud.google.com/resource-manager/docs/reference/essentialcontacts/rest/v1/projects.contacts",
        names=("name",),
        immutable=frozenset({"email", "parent"}),
        values={
            "email": EMAIL,
            "parent": re.compile(r"(projects|folders|organizations)/[^/]+"),
            "languageTag": re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"),
            "notificationCategorySubscriptions.*": words(
                "ALL SUSPENSION SECURITY TECHNICAL BILLING LEGAL PRODUCT_UPDATES TECHNICAL_INCIDENTS"
            ),
            "deletionPolicy": DELETION_POLICY,
        },
        references=(Reference(path="parent", to=(PROJECT, FOLDER, ORGANIZATION), inside=True, status=403),),
        rules=(api_of("parent", "essentialcontacts.googleapis.com", "Essential Contacts API"), _once),
        outputs=lambda resource, _: {"name": resource.id},
    ),
)
