"""What the emulated cloud has that a Gateway or a policy may name; its folder is what A_TU_MANO_GCP says."""

from pathlib import Path
from typing import Final

from local.gcp.cloud import Store
from local.gke.world import Known

ADDRESS: Final = "gcp:compute/globalAddress:GlobalAddress"
MAP: Final = "gcp:certificatemanager/certificateMap:CertificateMap"
MAP_ENTRY: Final = "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry"
SECURITY_POLICY: Final = "gcp:compute/securityPolicy:SecurityPolicy"
SSL_POLICY: Final = "gcp:compute/sSLPolicy:SSLPolicy"

_NOTHING: Final = Known(addresses={}, certificate_maps={}, security_policies=frozenset(), ssl_policies=frozenset())


def known(folder: Path | None) -> Known | None:
    """What the cloud in `folder` has, whatever the project: a rehearsal has one. None without a folder.

    The file is opened each time, because a rehearsal may begin with a new cloud.
    """
    if folder is None:
        return None
    if not (folder / "cloud.sqlite").exists():
        return _NOTHING
    store = Store(folder)
    try:
        with store.transaction() as world:
            found = {token: world.all(token) for token in (ADDRESS, MAP, MAP_ENTRY, SECURITY_POLICY, SSL_POLICY)}
    finally:
        store.close()
    hostnames: dict[str, list[str]] = {str(one.inputs["name"]): [] for one in found[MAP]}
    for entry in found[MAP_ENTRY]:
        name, hostname = str(entry.inputs["map"]).rpartition("/")[2], entry.inputs.get("hostname")
        if name in hostnames and hostname:
            hostnames[name].append(str(hostname))
    return Known(
        # An address is there when it is given, not while it is being made.
        addresses={str(one.inputs["name"]): str(one.outputs["address"]) for one in found[ADDRESS] if one.outputs},
        certificate_maps={name: sorted(names) for name, names in hostnames.items()},
        security_policies=frozenset(str(one.inputs["name"]) for one in found[SECURITY_POLICY]),
        ssl_policies=frozenset(str(one.inputs["name"]) for one in found[SSL_POLICY]),
    )
