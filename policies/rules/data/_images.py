"""What rules read of a repository of Artifact Registry."""

from typing import Final

from policies.capture import UNKNOWN, Resource
from policies.model import NotApplicableError

REGISTRY: Final = "gcp:artifactregistry/repository:Repository"


def of_docker(repository: Resource) -> None:
    """Go on for a repository of images.

    Raises:
        NotApplicableError: It keeps something else.
    """
    if str(repository.get("format", "")).upper() != "DOCKER":
        msg = "It keeps no images."
        raise NotApplicableError(msg)


def may_be_of_docker(repository: Resource) -> bool:
    """Whether it keeps images, as far as is known."""
    return repository.raw("format") is UNKNOWN or str(repository.raw("format")).upper() == "DOCKER"
