"""The database: one user per service limited to its own database, reachable by those services alone."""

import json

from infra.components import pods
from infra.components.database import uri
from tests.unit.infra.recorder import Recording, local_values, record, rehearsed_values, stack_of
from tests.unit.infra.restricted import assert_restricted

SERVICES = ["auth", "frontend", "orders", "products"]


def test_each_service_has_a_user_of_its_own_database(recording: Recording) -> None:
    users = json.loads(recording.inputs("Secret", "mongodb-users")["stringData"]["value"]["users.json"])
    assert [(user["user"], user["database"]) for user in users] == [(name, name) for name in SERVICES]
    assert len({user["password"] for user in users}) == len(SERVICES)
    for user in users:
        files = recording.inputs("Secret", f"{user['user']}-secrets")["stringData"]["value"]
        assert files["mongodb_uri"] == uri(user["user"], user["password"], "mongodb.database.svc.cluster.local")


def test_a_connection_string_asks_for_what_the_app_relies_on() -> None:
    assert uri("orders", "pw", "mongodb.database.svc.cluster.local") == (
        "mongodb://orders:pw@mongodb.database.svc.cluster.local:27017/orders?authSource=orders&replicaSet=rs0"
        "&w=majority&journal=true&wtimeoutMS=10000&retryWrites=true"
    )


def test_only_services_with_a_database_reach_it(recording: Recording) -> None:
    spec = recording.inputs("NetworkPolicy", "mongodb-policy")["spec"]
    assert spec["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "mongodb"}}
    assert spec["policyTypes"] == ["Ingress"]
    [rule] = spec["ingress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 27017}]
    assert rule["from"] == [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}},
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": name}},
        }
        for name in SERVICES
    ]


def test_nobody_reaches_a_database_that_no_service_has() -> None:
    """An empty list of sources would mean all sources."""
    values = local_values()
    for service in values["services"].values():
        service["database"] = False
    recording, outputs = record(stack_of(values))
    assert recording.inputs("NetworkPolicy", "mongodb-policy")["spec"]["ingress"] == []
    assert outputs["database"]["databases"] == []
    assert "mongodb_uri" not in recording.inputs("Secret", "orders-secrets")["stringData"]["value"]
    assert len(recording.inputs("NetworkPolicy", "orders-policy")["spec"]["egress"]) == 2


def test_the_stand_in_is_labelled_as_one(recording: Recording) -> None:
    server = recording.inputs("StatefulSet", "mongodb")
    assert server["metadata"]["labels"]["a-tu-mano/stand-in"] == "secantusdb"
    assert server["spec"]["template"]["metadata"]["labels"]["a-tu-mano/stand-in"] == "secantusdb"


def test_the_pod_is_restricted_and_keeps_its_data_on_the_claim(recording: Recording) -> None:
    pod = recording.inputs("StatefulSet", "mongodb")["spec"]["template"]["spec"]
    assert_restricted(pod)
    [container] = pod["containers"]
    assert {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]} == {
        "/tmp": "tmp",  # noqa: S108 - a path in the container
        "/run/secrets/a-tu-mano": "secrets",
        "/data": "data",
    }
    assert {"name": "data", "persistentVolumeClaim": {"claimName": "mongodb-data"}} in pod["volumes"]
    assert recording.inputs("PersistentVolumeClaim", "mongodb-data")["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
    }


def test_clients_are_sent_to_a_name_that_outlives_the_pod(recording: Recording) -> None:
    [container] = recording.inputs("StatefulSet", "mongodb")["spec"]["template"]["spec"]["containers"]
    assert {"name": "ADVERTISED_HOST", "value": "mongodb.database.svc.cluster.local"} in container["env"]


def test_new_passwords_restart_the_server(recording: Recording) -> None:
    template = recording.inputs("StatefulSet", "mongodb")["spec"]["template"]
    assert set(template["metadata"]["annotations"]) == {"a-tu-mano/secrets"}


def test_no_service_is_waited_for(recording: Recording) -> None:
    """The provider would watch each for ten seconds; that pods stand behind it is known from them."""
    services = [resource for resource in recording.resources if resource.typ == "kubernetes:core/v1:Service"]
    assert len(services) == 6
    for service in services:
        assert service.inputs["metadata"]["annotations"] == {"pulumi.com/skipAwait": "true"}, service.name


def test_it_runs_on_the_nodes_that_are_kept_for_it_where_there_are_any(recording: Recording) -> None:
    anywhere = recording.inputs("StatefulSet", "mongodb")["spec"]["template"]["spec"]
    assert not {"nodeSelector", "tolerations"} & anywhere.keys()
    dev, _ = record(stack_of(rehearsed_values("dev"), "dev"))
    placed = dev.inputs("StatefulSet", "mongodb")["spec"]["template"]["spec"]
    # As the pool of nodes is labelled and tainted.
    [node] = [r.inputs["nodeConfig"] for r in dev.resources if r.name == "cluster-database"]
    assert placed["nodeSelector"] == {pods.PURPOSE: "database"} == node["labels"]
    [toleration] = placed["tolerations"]
    [taint] = node["taints"]
    assert (toleration["key"], toleration["value"]) == (taint["key"], taint["value"])
    assert (toleration["effect"], taint["effect"]) == ("NoSchedule", "NO_SCHEDULE")
    services = dev.inputs("Deployment", "orders")["spec"]["template"]["spec"]
    assert not {"nodeSelector", "tolerations"} & services.keys()
