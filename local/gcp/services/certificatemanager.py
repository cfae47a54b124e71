"""Certificate Manager: certificates by DNS authorization, and the map that leads host names to them.

A certificate is ACTIVE at once here. Google issues it when the authorization's record is found in public DNS.
"""

import re
from collections.abc import Iterator
from typing import Final

from local.gcp.kinds import Cloud, Kind, Properties, Reference, Refused, Resource
from local.gcp.rules import DELETION_POLICY, given, known, labels, place, settled, values, words

_AUTHORIZATION: Final = "gcp:certificatemanager/dnsAuthorization:DnsAuthorization"
_CERTIFICATE: Final = "gcp:certificatemanager/certificate:Certificate"
_MAP: Final = "gcp:certificatemanager/certificateMap:CertificateMap"
_ENTRY: Final = "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry"
_API: Final = "certificatemanager.googleapis.com"
_DOCS: Final = "cloud.google.com/certificate-manager/docs/reference/certificate-manager/rest/v1/"
_NAME: Final = re.compile(r"[a-z]([-a-z0-9_]{0,61}[a-z0-9_])?")
_HOST: Final = r"([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_DOMAINS: Final = 100
_CERTIFICATES: Final = 4


def _record(resource: Resource, _cloud: Cloud) -> Properties:
    number = int(resource.number(3)) % 20
    return {
        "dnsResourceRecords": [
            {
                "name": f"_acme-challenge.{resource.get('domain')}.",
                "type": "CNAME",
                "data": f"{resource.hexadecimal(32, 'challenge')}.{number}.authorize.certificatemanager.goog.",
            }
        ],
        "type": resource.get("type") or "FIXED_RECORD",
    }


def _once(resource: Resource, cloud: Cloud) -> Iterator[Refused]:
    for other in cloud.all(_AUTHORIZATION, resource.project):
        same = all(other.get(path) == resource.get(path) for path in ("domain", "location"))
        if other.id != resource.id and same and other.get("type") == resource.get("type"):
            yield Refused(409, f"DNS authorization for {resource.get('domain')} already exists: {other.get('name')}.")


def _domains(properties: Properties) -> Iterator[str]:
    names = known(properties, "managed.domains") or []
    if len(names) > _DOMAINS:
        yield f"managed.domains has {len(names)}; at most {_DOMAINS} are allowed."
    authorized = given(properties, "managed.dnsAuthorizations") or given(properties, "managed.issuanceConfig")
    for name in names:
        if str(name).startswith("*.") and not authorized:
            yield f"managed.domains has {name}; a wildcard needs managed.dnsAuthorizations."


def _authorized(resource: Resource, cloud: Cloud) -> Iterator[str]:
    """Source: cloud.google.com/certificate-manager/docs/domain-authorization."""
    named = [value for _, value in values(resource.inputs, "managed.dnsAuthorizations.*")]
    found = [cloud.find((_AUTHORIZATION,), str(name), resource) for name in named]
    allowed = {one.get("domain") for one in found if one is not None}
    for where, name in values(resource.inputs, "managed.domains.*"):
        if named and str(name).removeprefix("*.") not in allowed:
            yield f"{where} is {name}, for which none of managed.dnsAuthorizations is. Add one for that domain."


def _entries(properties: Properties) -> Iterator[str]:
    named = known(properties, "certificates")
    if named == []:
        yield "certificates is empty; one to four are required."
    if len(named or []) > _CERTIFICATES:
        yield f"certificates has {len(named)}; at most {_CERTIFICATES} are allowed."


def _entry(resource: Resource, cloud: Cloud) -> Iterator[str | Refused]:
    for other in cloud.all(_ENTRY, resource.project):
        near = other.id != resource.id and other.get("map") == resource.get("map")
        if near and all(other.get(path) == resource.get(path) for path in ("hostname", "matcher")):
            name = resource.get("hostname") or resource.get("matcher")
            yield Refused(409, f"The map has an entry for {name} already: {other.get('name')}.")
    for where, name in values(resource.inputs, "certificates.*"):
        certificate = cloud.find((_CERTIFICATE,), str(name), resource)
        if certificate is not None and certificate.get("location") not in ("global", None):
            yield f"{where} is a certificate in {certificate.get('location')}; a map has those in global."


KINDS: Final = (
    Kind(
        token=_AUTHORIZATION,
        id="projects/{project}/locations/{location}/dnsAuthorizations/{name}",
        api=_API,
        source=_DOCS + "projects.locations.dnsAuthorizations",
        names=("name",),
        immutable=frozenset({"domain", "location", "name", "project", "type"}),
        values={
            "name": _NAME,
            "domain": re.compile(_HOST),
            "type": words("FIXED_RECORD PER_PROJECT_RECORD"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(labels()),
        defaults={"location": "global"},
        rules=(place("location", "global"), _once),
        outputs=_record,
    ),
    Kind(
        token=_CERTIFICATE,
        id="projects/{project}/locations/{location}/certificates/{name}",
        api=_API,
        source=_DOCS + "projects.locations.certificates",
        names=("name",),
        immutable=frozenset(
            {
                "location",
                "managed.dnsAuthorizations",
                "managed.domains",
                "managed.issuanceConfig",
                "name",
                "project",
                "scope",
            }
        ),
        one_of=(("managed", "selfManaged"),),
        values={
            "name": _NAME,
            "scope": words("DEFAULT EDGE_CACHE ALL_REGIONS CLIENT_AUTH"),
            "managed.domains.*": re.compile(rf"(\*\.)?{_HOST}"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(labels(), _domains),
        defaults={"location": "global", "scope": "DEFAULT"},
        computed=frozenset(
            {f"managed.{name}" for name in ("authorizationAttemptInfos", "provisioningIssues", "state")}
        ),
        references=(Reference(path="managed.dnsAuthorizations.*", to=(_AUTHORIZATION,)),),
        rules=(place("location", "global"), _authorized),
        outputs=lambda resource, _: {
            "sanDnsnames": list(resource.get("managed.domains") or []),
            **(
                {"managed": {"state": "ACTIVE", "provisioningIssues": [], "authorizationAttemptInfos": []}}
                if resource.get("managed") is not None
                else {}
            ),
        },
    ),
    Kind(
        token=_MAP,
        id="projects/{project}/locations/global/certificateMaps/{name}",
        api=_API,
        source=_DOCS + "projects.locations.certificateMaps",
        names=("name",),
        immutable=frozenset({"name", "project"}),
        values={"name": _NAME, "deletionPolicy": DELETION_POLICY},
        validations=settled(labels()),
        outputs=lambda _resource, _cloud: {"gclbTargets": []},
    ),
    Kind(
        token=_ENTRY,
        id="projects/{project}/locations/global/certificateMaps/{/map}/certificateMapEntries/{name}",
        api=_API,
        source=_DOCS + "projects.locations.certificateMaps.certificateMapEntries",
        names=("name",),
        immutable=frozenset({"hostname", "map", "matcher", "name", "project"}),
        one_of=(("hostname", "matcher"),),
        values={
            "name": _NAME,
            "hostname": re.compile(rf"(\*\.)?{_HOST}"),
            "matcher": words("PRIMARY"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(labels(), _entries),
        references=(
            Reference(path="map", to=(_MAP,)),
            Reference(path="certificates.*", to=(_CERTIFICATE,)),
        ),
        rules=(_entry,),
        outputs=lambda _resource, _cloud: {"state": "ACTIVE"},
    ),
)
