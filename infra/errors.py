"""What can go wrong before the engine registers anything, as sentences a person can act on.

    ATuManoError
    ├── SettingsError      the stack's settings, its images or its environment; carries every mistake found
    ├── InvalidNameError   a name does not fit where it is used
    └── CredentialError    the root secret is not what the credentials can be derived from

None of them knows Pulumi: `python -m infra.check` prints them without loading the SDK, and `__main__` hands them to the
engine as `pulumi.RunError`, which shows the message and no traceback.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: `<where>: <subject> <found>, <required>. <next step>`."""

    where: str
    """File the mistake is in, relative to the repository, e.g. "stacks/Pulumi.local.yaml"."""
    subject: str
    """Key or thing that is wrong, e.g. "a-tu-mano:services.orders.port"."""
    found: str
    """What is there, with its verb, e.g. 'is "80a"'."""
    required: str
    """What has to be there, e.g. "a port number from 1 to 65535 is required"."""
    fix: str
    """The next step, a whole sentence, e.g. "Write a number such as 8080."."""

    def __str__(self) -> str:
        """The sentence."""
        return f"{self.where}: {self.subject} {self.found}, {self.required}. {self.fix}"


class ATuManoError(Exception):
    """Root of the errors this program raises on purpose; its text is meant for the user."""


class SettingsError(ATuManoError):
    """One or more mistakes in what the stack was told; one line each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InvalidNameError(ATuManoError):
    """A name is longer than, or written otherwise than, the place it is used in allows."""


class CredentialError(ATuManoError):
    """The root secret is missing its key or too short to derive credentials from."""
