"""What the stand-in finds in the emulated cloud."""

from pathlib import Path

from local.gcp.cloud import Store
from local.gcp.kinds import Resource
from local.gke import cloud
from local.gke.cloud import known
from local.gke.world import Known


def put(folder: Path, token: str, name: str, outputs: dict[str, object] | None = None, **inputs: object) -> None:
    store = Store(folder)
    one = Resource(
        token=token, id=f"{token}/{name}", project="p", inputs={"name": name, **inputs}, outputs=outputs or {}
    )
    with store.transaction() as world:
        world.put(one, None)
    store.close()


def test_no_folder_is_no_cloud_and_an_empty_folder_an_empty_one(tmp_path: Path) -> None:
    assert known(None) is None
    nothing = Known(addresses={}, certificate_maps={}, security_policies=frozenset(), ssl_policies=frozenset())
    assert known(tmp_path) == nothing
    assert list(tmp_path.iterdir()) == []


def test_what_the_cloud_has_is_known_by_name(tmp_path: Path) -> None:
    put(tmp_path, cloud.ADDRESS, "edge", {"address": "203.0.113.7"})
    put(tmp_path, cloud.ADDRESS, "in-the-making")
    put(tmp_path, cloud.MAP, "edge")
    put(
        tmp_path,
        cloud.MAP_ENTRY,
        "root",
        map="projects/p/locations/global/certificateMaps/edge",
        hostname="a.example.com",
    )
    put(tmp_path, cloud.MAP_ENTRY, "primary", map="edge", matcher="PRIMARY")
    put(tmp_path, cloud.SECURITY_POLICY, "armor")
    put(tmp_path, cloud.SSL_POLICY, "modern")
    assert known(tmp_path) == Known(
        addresses={"edge": "203.0.113.7"},
        certificate_maps={"edge": ["a.example.com"]},
        security_policies=frozenset({"armor"}),
        ssl_policies=frozenset({"modern"}),
    )
