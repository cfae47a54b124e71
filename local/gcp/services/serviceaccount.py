"""Service accounts, and who may act as them."""

import re
from typing import Final

from local.gcp.kinds import ACCOUNT, Cloud, Kind, Properties, Reference, Resource
from local.gcp.rules import DELETION_POLICY, iam_member


def _outputs(resource: Resource, _cloud: Cloud) -> Properties:
    email = f"{resource.get('accountId')}@{resource.project}.iam.gserviceaccount.com"
    return {
        "email": email,
        "member": f"serviceAccount:{email}",
        "name": f"projects/{resource.project}/serviceAccounts/{email}",
        # Another one each time: members of a deleted account are not members of its successor.
        "uniqueId": resource.number(21),
    }


KINDS: Final = (
    Kind(
        token=ACCOUNT,
        id="projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
        api="iam.googleapis.com",
        source="cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts",
        names=("email", "name", "member", "uniqueId"),
        immutable=frozenset({"accountId", "project"}),
        required=("accountId",),
        values={
            "accountId": re.compile(r"[a-z][-a-z0-9]{4,28}[a-z0-9]"),
            "displayName": re.compile(r".{0,100}"),
            "description": re.compile(r"[\s\S]{0,256}"),
            "deletionPolicy": DELETION_POLICY,
        },
        outputs=_outputs,
    ),
    iam_member(
        "gcp:serviceaccount/iAMMember:IAMMember",
        Reference(path="serviceAccountId", to=(ACCOUNT,), holds=False),
        id="{serviceAccountId}",
        api="iam.googleapis.com",
        source="cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/setIamPolicy",
        services=("iam",),
        names=re.compile(
            r"projects/[^/]+/serviceAccounts/([a-z][-a-z0-9]{4,28}[a-z0-9]@[-a-z0-9.]{1,63}\.iam|\d{1,20}-compute@developer"
            r"|[-a-z0-9.:]+@[a-z]+)\.gserviceaccount\.com"
        ),
    ),
)
