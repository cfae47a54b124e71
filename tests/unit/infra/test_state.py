"""Where the state of a stack is follows from its settings alone."""

import pytest

from infra import naming, state
from infra.errors import InvalidNameError
from infra.naming import Naming
from infra.settings_models import StackSettings
from tests.unit.infra.recorder import rehearsed_values


def place(stack: str = "dev", **section: object) -> state.State:
    values = rehearsed_values(stack)
    values["gcp"]["state"] = section
    gcp = StackSettings.model_validate(values).gcp
    assert gcp is not None
    return state.of(Naming(prefix="atm", stack=stack), gcp)


def test_the_addresses_are_those_pulumi_takes() -> None:
    known = place()
    assert known.backend_url == f"gs://{known.bucket}"
    assert known.secrets_provider == (
        f"gcpkms://projects/{known.project}/locations/us-central1/keyRings/atm-dev-state/cryptoKeys/pulumi"
    )
    assert known.secret(state.ROOT) == f"projects/{known.project}/secrets/root"


def test_each_stack_has_a_state_project_of_its_own() -> None:
    assert place("dev").project != place("prod").project
    assert place("dev").bucket != place("prod").bucket


def test_an_existing_project_is_taken() -> None:
    assert place(project="state-of-the-shop").project == "state-of-the-shop"
    assert place(project="state-of-the-shop").bucket == "state-of-the-shop-pulumi"


def test_names_keep_their_limits() -> None:
    known = place("prod")
    for name, kind in ((known.project, "project"), (known.bucket, "bucket"), (known.ring, "key-ring")):
        assert naming.check(name, kind) == name


def test_a_prefix_that_leaves_no_room_is_refused() -> None:
    gcp = StackSettings.model_validate(rehearsed_values("dev")).gcp
    assert gcp is not None
    with pytest.raises(InvalidNameError, match="at most 30 fit a project"):
        state.of(Naming(prefix="a" * 20, stack="dev"), gcp)
