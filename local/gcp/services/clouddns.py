"""Cloud DNS: zones and their records. Whether a registrar points to the zone's name servers is not modelled."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from local.gcp.kinds import Cloud, Invoke, Kind, Properties, Reference, Refused, Resource
from local.gcp.rules import (
    COMPUTE_NAME,
    DELETION_POLICY,
    NETWORK,
    iam_member,
    known,
    labels,
    only_with,
    settled,
    together,
    unique,
    values,
    words,
)

_ZONE: Final = "gcp:dns/managedZone:ManagedZone"
_RECORD: Final = "gcp:dns/recordSet:RecordSet"
_POLICY: Final = "gcp:dns/policy:Policy"
_API: Final = "dns.googleapis.com"
_DOCS: Final = "cloud.google.com/dns/docs/reference/rest/v1/"
_NAME: Final = re.compile(r"(?i)(\*\.)?([a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?\.)+")
_TYPES: Final = words("A AAAA ALIAS CAA CNAME DNSKEY DS HTTPS IPSECKEY MX NAPTR NS PTR SOA SPF SRV SSHFP SVCB TLSA TXT")
_VERSIONS: Final = {"A": 4, "AAAA": 6}


def _name_servers(zone: Resource) -> list[str]:
    letter = "abcde"[int(zone.number(3)) % 5]
    return [f"ns-cloud-{letter}{number}.googledomains.com." for number in range(1, 5)]


def _own(zone: Resource, _cloud: Cloud) -> Iterator[tuple[str, Properties]]:
    if zone.get("visibility") == "private":
        return
    servers = _name_servers(zone)
    soa = f"{servers[0]} cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300"
    for type_, ttl, data in (("NS", 21600, servers), ("SOA", 21600, [soa])):
        yield (
            _RECORD,
            {
                "managedZone": zone.get("name"),
                "name": zone.get("dnsName"),
                "type": type_,
                "ttl": ttl,
                "rrdatas": data,
            },
        )


def _empty(zone: Resource, cloud: Cloud) -> Iterator[Refused]:
    for record in cloud.all(_RECORD, zone.project):
        apex = record.get("name") == zone.get("dnsName") and record.get("type") in ("NS", "SOA")
        at = cloud.find((_ZONE,), str(record.get("managedZone")), record)
        if at is not None and at.id == zone.id and not apex and not zone.get("forceDestroy"):
            yield Refused(
                400,
                f"The resource named '{zone.get('name')}' cannot be deleted because it contains one or more 'resource "
                f"records': {record.get('name')} {record.get('type')}, containerNotEmpty",
            )
            return


def _in_zone(record: Resource, cloud: Cloud) -> Iterator[str | Refused]:
    zone = cloud.find((_ZONE,), str(record.get("managedZone")), record)
    name, type_ = str(record.get("name")), record.get("type")
    if zone is None:
        return
    apex = str(zone.get("dnsName"))
    if name != apex and not name.endswith(f".{apex}"):
        yield f"Invalid value for 'entity.change.additions[0].name': '{name}' is not in the zone {apex}"
    if name == apex and type_ == "CNAME":
        yield f"The resource record set '{name}' of type CNAME cannot be at the zone's own name. Use A."
    for other in cloud.all(_RECORD, record.project):
        same = other.get("managedZone") == record.get("managedZone") and other.get("name") == name
        if same and other.id != record.id and "CNAME" in (type_, other.get("type")):
            yield (
                f"The resource record set '{name}' of type CNAME cannot be beside another record of that name "
                f"({other.get('type')})."
            )


def _one_policy(policy: Resource, cloud: Cloud) -> Iterator[Refused]:
    own = {value for _, value in values(policy.inputs, "networks.*.networkUrl")}
    networks = {found.id for name in own if (found := cloud.find((NETWORK,), str(name), policy)) is not None}
    for other in cloud.all(_POLICY, policy.project):
        for _, name in values(other.inputs, "networks.*.networkUrl"):
            found = cloud.find((NETWORK,), str(name), other)
            if other.id != policy.id and found is not None and found.id in networks:
                yield Refused(409, f"The network {found.id} has the policy {other.get('name')} already; it has one.")


def _zones(arguments: Properties, cloud: Cloud) -> Properties:
    project = str(arguments["project"])
    told = ("description", "dnsName", "managedZoneId", "name", "nameServers", "visibility")
    zones = [
        {**{name: zone.outputs.get(name) for name in told}, "id": zone.id, "project": project}
        for zone in cloud.all(_ZONE, project)
    ]
    return {"id": f"projects/{project}/managedZones", "managedZones": zones, "project": project}


def _data(properties: Properties) -> Iterator[str]:
    type_ = known(properties, "type")
    for where, value in values(properties, "rrdatas.*"):
        text = str(value)
        if type_ in _VERSIONS:
            try:
                right = ipaddress.ip_address(text).version == _VERSIONS[type_]
            except ValueError:
                right = False
            if not right:
                yield f"{where} is {text!r}; an IPv{_VERSIONS[type_]} address is required in a record of type {type_}."
        if type_ in ("CNAME", "NS", "PTR") and not text.endswith("."):
            yield f"{where} is {text!r}; a full name with a dot at its end is required."
        if type_ == "TXT" and " " in text and not text.startswith('"'):
            yield f"{where} has spaces; a text with spaces is in double quotes in a TXT record."
        if type_ == "CAA" and not re.fullmatch(r'\d{1,3} [a-z0-9]+ "[^"]*"', text):
            yield f'{where} is {text!r}; a CAA record is such as 0 issue "pki.goog".'
    if type_ == "CNAME" and len(known(properties, "rrdatas") or [""]) != 1:
        yield "rrdatas of a CNAME record has exactly one value."


KINDS: Final = (
    Kind(
        token=_ZONE,
        id="projects/{project}/managedZones/{name}",
        api=_API,
        source=_DOCS + "managedZones",
        names=("name", "managedZoneId"),
        immutable=frozenset({"dnsName", "name", "project", "reverseLookup", "serviceDirectoryConfig", "visibility"}),
        at_least_one_of=(
            (
                "dnssecConfig.defaultKeySpecs",
                "dnssecConfig.kind",
                "dnssecConfig.nonExistence",
                "dnssecConfig.state",
            ),
        ),
        values={
            "name": COMPUTE_NAME,
            "dnsName": _NAME,
            "description": re.compile(r"[\s\S]{1,1024}"),
            "visibility": words("public private"),
            "dnssecConfig.state": words("off on transfer"),
            "dnssecConfig.nonExistence": words("nsec nsec3"),
            "dnssecConfig.defaultKeySpecs.*.algorithm": words(
                "ecdsap256sha256 ecdsap384sha384 rsasha1 rsasha256 rsasha512"
            ),
            "dnssecConfig.defaultKeySpecs.*.keyType": words("keySigning zoneSigning"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(
            labels(),
            only_with("dnssecConfig", "visibility", ("public", None)),
            only_with("privateVisibilityConfig", "visibility", ("private",)),
            together("visibility", "private", "privateVisibilityConfig"),
        ),
        defaults={"description": "Managed by Pulumi", "visibility": "public", "forceDestroy": False},
        references=(Reference(path="privateVisibilityConfig.networks.*.networkUrl", to=(NETWORK,)),),
        deletion_rules=(_empty,),
        outputs=lambda zone, _: {
            "nameServers": _name_servers(zone),
            "managedZoneId": int(zone.number(15)),
            "creationTime": zone.created,
        },
        companions=_own,
    ),
    Kind(
        token=_RECORD,
        id="projects/{project}/managedZones/{/managedZone}/rrsets/{name}/{type}",
        api=_API,
        source=_DOCS + "resourceRecordSets",
        names=(),
        # The provider changes a type by a change set of its own; here it is another record.
        immutable=frozenset({"managedZone", "name", "project", "routingPolicy.healthCheck", "type"}),
        one_of=(("rrdatas", "routingPolicy"),),
        values={
            "name": _NAME,
            "type": _TYPES,
            "ttl": range(2**31),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(_data),
        references=(Reference(path="managedZone", to=(_ZONE,), inside=True),),
        rules=(_in_zone,),
    ),
    Kind(
        token=_POLICY,
        id="projects/{project}/policies/{name}",
        api=_API,
        source=_DOCS + "policies",
        names=("name",),
        immutable=frozenset({"dns64Config", "name", "project"}),
        values={
            "name": COMPUTE_NAME,
            "alternativeNameServerConfig.targetNameServers.*.forwardingPath": words("default private"),
            "deletionPolicy": DELETION_POLICY,
        },
        validations=settled(unique("networks.*.networkUrl")),
        defaults={"description": "Managed by Pulumi"},
        references=(Reference(path="networks.*.networkUrl", to=(NETWORK,)),),
        rules=(_one_policy,),
    ),
    iam_member(
        "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember",
        Reference(path="managedZone", to=(_ZONE,), holds=False),
        id="projects/{project}/managedZones/{/managedZone}",
        api=_API,
        source=_DOCS + "managedZones/setIamPolicy",
        services=("dns",),
        also=("project",),
    ),
)

INVOKES: Final[dict[str, Invoke]] = {"gcp:dns/getManagedZones:getManagedZones": _zones}
