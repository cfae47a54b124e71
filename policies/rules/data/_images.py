"""What rules read of a repository of Artifact Registry."""

from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError

REGISTRY: Final = "gcp:artifactregistry/repository:Repository"


def is_of_docker(repository: Resource) -> bool:
    """Whether it keeps images."""
    return str(repository.get("format", "")).upper() == "DOCKER"


def of_docker(repository: Resource) -> None:
    """Go on for a repository of images.

    Raises:
        NotApplicableError: It keeps something else.
    """
    if not is_of_docker(repository):
        msg = "It keeps no images."
        raise NotApplicableError(msg)
