from typing import Any

import pytest

from tests.unit.local.gcp.services.emulated import PROJECT, REGION, Gcp

RING = "gcp:kms/keyRing:KeyRing"
KEY = "gcp:kms/cryptoKey:CryptoKey"
VERSION = "gcp:kms/cryptoKeyVersion:CryptoKeyVersion"
RING_ID = f"projects/{PROJECT}/locations/{REGION}/keyRings/ring"
GKE = "service-{number}@container-engine-robot.iam.gserviceaccount.com"


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"rotationPeriod": "86399s"}, "at least a day"),
        ({"rotationPeriod": "90d"}, "rotationPeriod"),
        ({"purpose": "ASYMMETRIC_SIGN"}, "versionTemplate.algorithm"),
        ({"purpose": "SIGN"}, "purpose"),
        (
            {
                "purpose": "ASYMMETRIC_SIGN",
                "versionTemplate": {"algorithm": "EC_SIGN_P256_SHA256"},
                "rotationPeriod": "7776000s",
            },
            "only keys for ENCRYPT_DECRYPT",
        ),
        ({"versionTemplate": {"algorithm": "EC_SIGN_P256_SHA256"}}, "none for ENCRYPT_DECRYPT"),
        ({"destroyScheduledDuration": "3600s"}, "destroyScheduledDuration"),
        ({"keyRing": "ring"}, "keyRing"),
        ({"name": "a.key"}, "name"),
    ],
)
def test_what_a_key_cannot_be(gcp: Gcp, inputs: dict[str, Any], said: str) -> None:
    assert said in gcp.wrong(KEY, **{"name": "key", "keyRing": RING_ID, **inputs})


def test_rings_and_keys_are_for_good(project: Gcp) -> None:
    ring = project.make(RING, name="ring", location=REGION)
    key = project.make(KEY, name="key", keyRing=ring.id)
    assert key.out("primaries") == [{"name": f"{key.id}/cryptoKeyVersions/1", "state": "ENABLED"}]
    project.delete(key)
    project.delete(ring)
    assert "409" in project.refused(RING, name="ring", location=REGION)


def test_a_ring_is_in_a_place_there_is(project: Gcp) -> None:
    assert "europe-west99" in project.refused(RING, name="ring", location="europe-west99")
    project.make(RING, name="ring", location="global")


def test_versions_are_numbered(project: Gcp) -> None:
    key = project.key("key")
    made = project.make(VERSION, cryptoKey=key.id)
    assert made.id == f"{key.id}/cryptoKeyVersions/2"
    bare = project.make(KEY, name="bare", keyRing=key.inputs["keyRing"], skipInitialVersionCreation=True)
    assert project.make(VERSION, cryptoKey=bare.id).id == f"{bare.id}/cryptoKeyVersions/1"


@pytest.mark.parametrize(
    ("changed", "replaces"),
    [
        ({"rotationPeriod": "2592000s"}, []),
        ({"purpose": "MAC", "versionTemplate": {"algorithm": "HMAC_SHA256"}, "rotationPeriod": None}, ["purpose"]),
        (
            {"versionTemplate": {"protectionLevel": "HSM", "algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION"}},
            ["versionTemplate"],
        ),
        ({"name": "other"}, ["name"]),
    ],
)
def test_what_replaces_a_key(project: Gcp, changed: dict[str, Any], replaces: list[str]) -> None:
    assert project.changes(project.key("key"), **changed).replaces == replaces


def test_a_role_of_a_key_is_one_of_kms(project: Gcp) -> None:
    said = project.refused(
        "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        cryptoKeyId=project.key("key").id,
        role="roles/secretmanager.secretAccessor",
        member="user:ana@example.com",
    )
    assert "a role of cloudkms" in said


@pytest.mark.parametrize("location", [REGION, "europe-west4"])
def test_a_clusters_key_is_granted_to_gke_and_near(project: Gcp, location: str) -> None:
    with project.store.transaction() as world:
        number = world.project_number(PROJECT)
    network = project.network()
    subnetwork = project.subnetwork(network)
    near = project.key("granted", GKE.format(number=number))
    key = project.key("key", *([GKE.format(number=number)] if location != REGION else []), location=location)
    inputs = project.standard(network, subnetwork, databaseEncryption={"state": "ENCRYPTED", "keyName": key.id})
    said = project.refused("gcp:container/cluster:Cluster", **inputs)
    expected = "useToEncrypt' denied" if location == REGION else "a key in the same location"
    assert expected in said
    project.make(
        "gcp:container/cluster:Cluster",
        **{**inputs, "databaseEncryption": {"state": "ENCRYPTED", "keyName": near.id}},
    )


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        (
            "gcp:artifactregistry/repository:Repository",
            {"repositoryId": "images", "location": REGION, "format": "DOCKER", "kmsKeyName": "{key}"},
        ),
        ("gcp:pubsub/topic:Topic", {"name": "topic", "kmsKeyName": "{key}"}),
        (
            "gcp:storage/bucket:Bucket",
            {"name": "atm-b", "location": REGION, "encryption": {"defaultKmsKeyName": "{key}"}},
        ),
        (
            "gcp:secretmanager/secret:Secret",
            {
                "secretId": "secret",
                "replication": {
                    "userManaged": {
                        "replicas": [
                            {"location": REGION, "customerManagedEncryption": {"kmsKeyName": "{key}"}},
                        ]
                    }
                },
            },
        ),
    ],
)
def test_a_key_is_granted_to_the_agent_that_uses_it(project: Gcp, token: str, inputs: dict[str, Any]) -> None:
    key = project.key("key")

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: filled(item) for name, item in value.items()}
        if isinstance(value, list):
            return [filled(item) for item in value]
        return value.replace("{key}", key.id) if isinstance(value, str) else value

    said = project.refused(token, **filled(inputs))
    assert said.startswith("403")
    assert "cryptoKeyEncrypterDecrypter" in said


def test_a_public_key_parses_and_stays(project: Gcp) -> None:
    ring = project.make(RING, name="ring", location=REGION)
    template = {"algorithm": "EC_SIGN_P256_SHA256", "protectionLevel": "SOFTWARE"}
    key = project.make(KEY, name="sign", keyRing=ring.id, purpose="ASYMMETRIC_SIGN", versionTemplate=template)
    told = [project.invoke("gcp:kms/getKMSCryptoKeyVersion:getKMSCryptoKeyVersion", cryptoKey=key.id) for _ in range(2)]
    assert told[0] == told[1]
    assert told[0]["publicKeys"][0]["pem"].startswith("-----BEGIN PUBLIC KEY-----")
