"""Settings of delivery that are each fine and wrong together, and images that say which they are."""

import pytest
from pydantic import ValidationError

from infra.settings_gcp_checks import problems
from infra.settings_models import StackSettings
from tests.unit.infra.gcp_parts import gcp_settings
from tests.unit.infra.recorder import rehearsed_values


def found(**triggers: object) -> list[str]:
    settings = gcp_settings(delivery={"triggers": triggers})
    return [str(problem) for problem in problems(settings, "atm", "dev", "stacks/Pulumi.dev.yaml")]


def test_the_committed_triggers_are_fine() -> None:
    assert found(develop={"branch": "develop"}, pull={"branch": "develop", "pullRequest": True}) == []


def test_a_trigger_whose_account_has_no_room_is_told() -> None:
    [problem] = found(**{"a-trigger-with-a-long-name": {"branch": "develop"}})
    assert "triggers.a-trigger-with-a-long-name" in problem
    assert "at most 30 fit a service account" in problem
    assert "Shorten the trigger's name" in problem


def test_two_triggers_for_one_event_are_told() -> None:
    [problem] = found(a={"branch": "develop"}, b={"branch": "develop"})
    assert "starts on the same as a" in problem


def test_approval_of_a_pull_request_is_told() -> None:
    [problem] = found(a={"branch": "develop", "pullRequest": True, "approval": True})
    assert "false is required for a pull request" in problem


@pytest.mark.parametrize("image", ["golang", "golang:latest", "golang:bookworm", "Golang:1"])
@pytest.mark.parametrize("name", ["builder", "launcher"])
def test_an_image_has_a_version(name: str, image: str) -> None:
    values = rehearsed_values("dev")
    values["gcp"]["delivery"][name] = image
    with pytest.raises(ValidationError):
        StackSettings.model_validate(values)


@pytest.mark.parametrize("image", ["golang:1.26.8-bookworm", "example/golang@sha256:" + "0" * 64])
def test_an_image_by_version_or_digest_is_taken(image: str) -> None:
    settings = gcp_settings(delivery={"builder": image})
    assert settings.delivery.builder == image
