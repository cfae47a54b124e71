"""APIs of a stack on GCP: each is enabled, and nothing calls one that a first `up` may not have enabled yet."""

import pulumi
import pytest

from infra.components import cloud_secret
from infra.state import State
from local.gcp.lifecycle import Subject
from tests.unit.infra.recorder import Recording, record, rehearsed_values, run, stack_of

SERVICE = "gcp:projects/service:Service"


def before(recording: Recording, key: str, seen: set[str]) -> set[str]:
    """Everything that a resource waits for, as `<type> <logical name>`."""
    for urn in recording.requests[key].dependencies:
        _, _, types, name = urn.split("::")
        other = f"{types.rpartition('$')[2]} {name}"
        if other not in seen:
            seen.add(other)
            before(recording, other, seen)
    return seen


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_resource_waits_for_the_api_it_is_made_by(stack: str) -> None:
    recording, _ = record(stack_of(rehearsed_values(stack), stack))
    services = {r.inputs["service"]: f"{SERVICE} {r.name}" for r in recording.resources if r.typ == SERVICE}
    early = []
    for resource in recording.resources:
        api = Subject.of(resource.typ).kind.api if resource.typ.startswith("gcp:") else None
        # The project and its APIs themselves are made by what Google has without them.
        if api is None or resource.typ == SERVICE or resource.typ.endswith(":Project"):
            continue
        assert api in services, f"{api} is not enabled, {resource.typ} {resource.name} needs it"
        if services[api] not in before(recording, f"{resource.typ} {resource.name}", set()):
            early.append(f"{resource.typ} {resource.name}: {api}")
    assert not early


def test_a_secret_is_not_read_at_the_expense_of_a_project_that_may_not_be_there() -> None:
    place = State(project="atm-dev-state-1", location="us-central1", bucket="b", ring="r")
    providers = []

    def watched(recording: Recording, args: pulumi.runtime.MockCallArgs) -> object:
        providers.append(args.provider)
        return call(recording, args)

    call = Recording.call
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recording, "call", watched)
        run(lambda: pulumi.export("secret", cloud_secret.value(place, "root", "dev")))
    assert providers == [""]
