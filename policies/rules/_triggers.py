"""Triggers of Cloud Build, as rules read them."""

from collections.abc import Iterator
from typing import Final

from policies.capture import UNKNOWN, Resource, UnknownValueError
from policies.rules._reading import each

PUSHED: Final = (
    "repositoryEventConfig.push.branch",
    "repositoryEventConfig.push.tag",
    "github.push.branch",
    "github.push.tag",
    "triggerTemplate.branchName",
    "triggerTemplate.tagName",
)
"""Where the pattern of what is pushed may be."""
PULLED: Final = ("repositoryEventConfig.pullRequest.branch", "github.pullRequest.branch")
"""Where the pattern of the branch is that a pull request is to."""


def may_pull(trigger: Resource) -> bool:
    """Whether a pull request starts it, or may turn out to."""
    return any(trigger.has(path.rpartition(".")[0]) for path in PULLED)


def pulls(trigger: Resource) -> bool:
    """Whether a pull request starts it.

    Raises:
        UnknownValueError: What starts it is not known yet.
    """
    for above in (path.rpartition(".")[0] for path in PULLED):
        if trigger.raw(above) is UNKNOWN:
            raise UnknownValueError(above)
    return may_pull(trigger)


def variables(trigger: Resource) -> Iterator[tuple[str, str, str]]:
    """Path, name and value of each variable that a build is given in plain text.

    Raises:
        UnknownValueError: One is not known yet.
    """
    steps = [f"{step}.envs" for step in each(trigger, "build.steps")]
    for path in ("build.options.envs", *steps):
        for one in each(trigger, path):
            name, _, value = str(trigger.get(one)).partition("=")
            yield one, name, value
    for path in ("substitutions", "build.substitutions"):
        for name, value in dict(trigger.get(path, {})).items():
            yield f"{path}.{name}", name, str(value)
