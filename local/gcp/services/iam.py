"""Workload identity federation: pools of identities from outside, and who vouches for them.

A deleted pool or provider is kept for 30 days and its id stays taken: making it anew is refused.
"""

import re
from collections.abc import Iterator
from typing import Final

from local.gcp.kinds import Kind, Properties, Reference
from local.gcp.rules import DELETION_POLICY, WORKLOAD_POOL, given, known, settled, values, words

_ID: Final = re.compile(r"(?!gcp-)[0-9a-z-]{4,32}")
_ATTRIBUTE: Final = re.compile(
    r"google\.(subject|groups|display_name|profile_photo|posix_username|email)|attribute\.[a-z0-9_]{1,100}"
)
_AUDIENCES: Final = 10
_MAPPINGS: Final = 50
_CONDITION: Final = 4096
_EXPRESSION: Final = 2048


def _mapping(properties: Properties) -> Iterator[str]:
    """Source: cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers."""
    mapping = known(properties, "attributeMapping")
    if mapping is None:
        if given(properties, "oidc"):
            yield "attributeMapping is not set; a provider of OIDC needs google.subject, such as assertion.sub."
        return
    if "google.subject" not in mapping:
        yield "attributeMapping has no google.subject; it is required."
    if len(mapping) > _MAPPINGS:
        yield f"attributeMapping has {len(mapping)} entries; at most {_MAPPINGS} are allowed."
    for name, expression in mapping.items():
        if not _ATTRIBUTE.fullmatch(name):
            yield f"attributeMapping has {name!r}; google.subject, google.groups or attribute.NAME is required."
        if isinstance(expression, str) and len(expression) > _EXPRESSION:
            yield f"attributeMapping of {name} has {len(expression)} characters; at most {_EXPRESSION} are allowed."


def _condition(properties: Properties) -> Iterator[str]:
    condition = str(known(properties, "attributeCondition") or "")
    if len(condition) > _CONDITION:
        yield f"attributeCondition has {len(condition)} characters; at most {_CONDITION} are allowed."
    mapped = known(properties, "attributeMapping") or {}
    for name in set(re.findall(r"\battribute\.([a-z0-9_]+)", condition)):
        if f"attribute.{name}" not in mapped:
            yield f"attributeCondition reads attribute.{name}, which attributeMapping does not map. Map it."


def _audiences(properties: Properties) -> Iterator[str]:
    audiences = list(values(properties, "oidc.allowedAudiences.*"))
    if len(audiences) > _AUDIENCES:
        yield f"oidc.allowedAudiences has {len(audiences)}; at most {_AUDIENCES} are allowed."


KINDS: Final = (
    Kind(
        token=WORKLOAD_POOL,
        id="projects/{project}/locations/global/workloadIdentityPools/{workloadIdentityPoolId}",
        api="iam.googleapis.com",
        source="cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools",
        names=("name", "workloadIdentityPoolId"),
        immutable=frozenset({"project", "workloadIdentityPoolId"}),
        values={
            "workloadIdentityPoolId": _ID,
            "displayName": re.compile(r".{0,32}"),
            "description": re.compile(r".{0,256}"),
            "inlineCertificateIssuanceConfig.keyAlgorithm": words("RSA_2048 RSA_3072 RSA_4096 ECDSA_P256 ECDSA_P384"),
            "mode": words("FEDERATION_ONLY TRUST_DOMAIN SYSTEM_TRUST_DOMAIN"),
            "deletionPolicy": DELETION_POLICY,
        },
        keeps_name=True,
        outputs=lambda resource, cloud: {
            "name": resource.id.replace(resource.project, cloud.project_number(resource.project), 1),
            "state": "ACTIVE",
        },
    ),
    Kind(
        token="gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
        id=(
            "projects/{project}/locations/global/workloadIdentityPools/{workloadIdentityPoolId}/providers/"
            "{workloadIdentityPoolProviderId}"
        ),
        api="iam.googleapis.com",
        source="cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers",
        names=("name",),
        immutable=frozenset({"project", "workloadIdentityPoolId", "workloadIdentityPoolProviderId"}),
        one_of=(("aws", "oidc", "saml", "x509"),),
        values={
            "workloadIdentityPoolProviderId": _ID,
            "displayName": re.compile(r".{0,32}"),
            "description": re.compile(r".{0,256}"),
            "oidc.issuerUri": re.compile(r"https://[^\s?#]{1,1990}"),
            "oidc.allowedAudiences.*": re.compile(r".{1,256}"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(_mapping, _condition, _audiences),
        references=(Reference(path="workloadIdentityPoolId", to=(WORKLOAD_POOL,), inside=True),),
        keeps_name=True,
        outputs=lambda resource, cloud: {
            "name": resource.id.replace(resource.project, cloud.project_number(resource.project), 1),
            "state": "ACTIVE",
        },
    ),
)
