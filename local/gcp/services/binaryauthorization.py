"""Binary Authorization: the one policy of a project, and who attests. What it would admit is not modelled."""

import re
from collections.abc import Iterator
from typing import Final

from local.gcp.kinds import Cloud, Kind, Properties, Reference, Resource
from local.gcp.rules import DELETION_POLICY, iam_member, settled, unique, values, words
from local.gcp.services.containeranalysis import NOTE

_ATTESTOR: Final = "gcp:binaryauthorization/attestor:Attestor"
_API: Final = "binaryauthorization.googleapis.com"
_DOCS: Final = "cloud.google.com/binary-authorization/docs/reference/rest/v1/"
_ENFORCEMENT: Final = words("ENFORCED_BLOCK_AND_AUDIT_LOG DRYRUN_AUDIT_LOG_ONLY")
_EVALUATION: Final = words("ALWAYS_ALLOW REQUIRE_ATTESTATION ALWAYS_DENY")
_RULES: Final = ("defaultAdmissionRule", "clusterAdmissionRules.*")
_SIGNATURES: Final = re.compile(
    r"RSA_(SIGN_)?(PSS|PKCS1)_(2048_SHA256|3072_SHA256|4096_SHA(256|512))"
    r"|(ECDSA|EC_SIGN)_(P256_SHA256|P384_SHA384|P521_SHA512)|ML_DSA_65|SIGNATURE_ALGORITHM_UNSPECIFIED"
)
_PEM: Final = re.compile(r"\s*-----BEGIN PUBLIC KEY-----\s[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*")


def _attestors(properties: Properties) -> Iterator[str]:
    for path in _RULES:
        for where, rule in values(properties, path):
            named, mode = rule.get("requireAttestationsBies"), rule.get("evaluationMode")
            if mode == "REQUIRE_ATTESTATION" and not named:
                yield f"{where}: evaluationMode REQUIRE_ATTESTATION needs requireAttestationsBies."
            if mode in ("ALWAYS_ALLOW", "ALWAYS_DENY") and named:
                yield f"{where}: requireAttestationsBies is set, which needs evaluationMode REQUIRE_ATTESTATION."


def _keys(properties: Properties) -> Iterator[str]:
    for where, one in values(properties, "attestationAuthorityNote.publicKeys.*"):
        pgp, pkix = one.get("asciiArmoredPgpPublicKey"), one.get("pkixPublicKey")
        if (pgp is None) == (pkix is None):
            yield f"{where}: exactly one of asciiArmoredPgpPublicKey and pkixPublicKey is required."


def _attestor(resource: Resource, cloud: Cloud) -> Properties:
    number = cloud.project_number(resource.project)
    email = f"service-{number}@gcp-sa-binaryauthorization.iam.gserviceaccount.com"
    return {"attestationAuthorityNote": {"delegationServiceAccountEmail": email}}


KINDS: Final = (
    Kind(
        # There is one from the beginning; setting it replaces it, deleting it sets it back to allowing all.
        token="gcp:binaryauthorization/policy:Policy",
        id="projects/{project}",
        api=_API,
        source=_DOCS + "Policy",
        names=(),
        immutable=frozenset({"project"}),
        values={
            "defaultAdmissionRule.enforcementMode": _ENFORCEMENT,
            "defaultAdmissionRule.evaluationMode": _EVALUATION,
            "clusterAdmissionRules.*.enforcementMode": _ENFORCEMENT,
            "clusterAdmissionRules.*.evaluationMode": _EVALUATION,
            "clusterAdmissionRules.*.cluster": re.compile(r"(\*|[a-z]+-[a-z]+\d+(-[a-z])?)\.(\*|[a-z][-a-z0-9]*)"),
            "globalPolicyEvaluationMode": words("ENABLE DISABLE"),
            "admissionWhitelistPatterns.*.namePattern": re.compile(r"[A-Za-z0-9./:@_\-]+(\*{1,2})?"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(_attestors, unique("clusterAdmissionRules.*.cluster")),
        references=tuple(
            Reference(
                path=f"{rule}.requireAttestationsBies.*",
                to=(_ATTESTOR,),
                status=400,
                message=(
                    "Attestor {value} does not exist. One of gcp.binaryauthorization.Attestor does; "
                    "built-by-cloud-build comes only with the project's first image build."
                ),
            )
            for rule in _RULES
        ),
        adopts=True,
    ),
    Kind(
        token=_ATTESTOR,
        id="projects/{project}/attestors/{name}",
        api=_API,
        source=_DOCS + "projects.attestors",
        names=("name",),
        immutable=frozenset({"attestationAuthorityNote.noteReference", "name", "project"}),
        values={
            "name": re.compile(r"[a-z][-a-z0-9_]{0,62}"),
            "attestationAuthorityNote.publicKeys.*.pkixPublicKey.publicKeyPem": _PEM,
            "attestationAuthorityNote.publicKeys.*.pkixPublicKey.signatureAlgorithm": _SIGNATURES,
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(_keys, unique("attestationAuthorityNote.publicKeys.*.id")),
        computed=frozenset({"attestationAuthorityNote.delegationServiceAccountEmail"}),
        references=(Reference(path="attestationAuthorityNote.noteReference", to=(NOTE,), holds=False),),
        outputs=_attestor,
    ),
    iam_member(
        "gcp:binaryauthorization/attestorIamMember:AttestorIamMember",
        Reference(path="attestor", to=(_ATTESTOR,), holds=False),
        id="projects/{project}/attestors/{/attestor}",
        api=_API,
        source=_DOCS + "projects.attestors/setIamPolicy",
        services=("binaryauthorization",),
        also=("project",),
    ),
)
