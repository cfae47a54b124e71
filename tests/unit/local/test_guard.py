"""The replacement guard: what it refuses, and in which words."""

from local.guard import LOSSES, Step, refusals, steps_of

URN = "urn:pulumi:dev::a-tu-mano::a-tu-mano:gcp:Cluster$"
CLUSTER = Step(op="replace", urn=f"{URN}gcp:container/cluster:Cluster::cluster", causes=("location",))
CLAIM = Step(op="delete", urn="urn:pulumi:dev::a-tu-mano::kubernetes:core/v1:PersistentVolumeClaim::mongodb-data")
POOL = Step(op="replace", urn=f"{URN}gcp:container/nodePool:NodePool::cluster-services", causes=("nodeConfig.spot",))


def test_a_sentence_names_resource_property_loss_and_way_on() -> None:
    (sentence,) = refusals([CLUSTER], "dev")
    assert sentence.startswith('gcp:container/cluster:Cluster "cluster" would be replaced because of location, ')
    assert LOSSES["gcp:container/cluster:Cluster"] in sentence
    assert "Undo the change of location" in sentence
    assert "`make up STACK=dev REPLACE=cluster`" in sentence


def test_what_is_deleted_has_to_be_kept_in_the_settings() -> None:
    (sentence,) = refusals([CLAIM], "prod")
    assert '"mongodb-data" would be deleted, and with it the data on its volume' in sentence
    assert "Keep it in the settings" in sentence


def test_what_goes_with_the_cluster_is_one_sentence() -> None:
    assert len(refusals([CLAIM, CLUSTER], "dev")) == 1


def test_what_can_be_made_again_is_not_guarded() -> None:
    assert refusals([POOL], "dev") == []


def test_a_resource_that_was_named_may_go_and_what_is_inside_with_it() -> None:
    assert refusals([CLAIM, CLUSTER], "dev", ["cluster"]) == []
    assert len(refusals([CLAIM], "dev", ["cluster"])) == 1


def test_the_engine_s_steps_are_read_with_the_properties_that_force_a_replacement() -> None:
    detailed = {"location": {"kind": "update-replace"}, "labels": {"kind": "update"}}
    raw = [{"op": "replace", "urn": CLUSTER.urn, "detailedDiff": detailed}, {"op": "same", "urn": POOL.urn}]
    replaced, same = steps_of({"steps": raw})
    assert (replaced.type, replaced.name) == ("gcp:container/cluster:Cluster", "cluster")
    assert (replaced.properties, replaced.causes) == (("labels", "location"), ("location",))
    assert (replaced.changes, same.changes) == (True, False)
