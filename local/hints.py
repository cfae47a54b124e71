"""What to do about what GCP or Kubernetes refused; the first hint that fits a message is given."""

import re
from typing import Final

_HINTS: Final = (
    (
        r"has not been used in project|SERVICE_DISABLED|it is disabled",
        "An API that was just enabled takes minutes to be known everywhere; run the same command again.",
    ),
    (
        r"[Qq]uota|RATE_LIMIT|rateLimitExceeded",
        "Ask for more quota or choose smaller pools; `make doctor STACK={stack}`.",
    ),
    (
        r"billing account|BILLING_DISABLED|billing to be enabled",
        "Check that the billing account is open and that you may use it; `make doctor STACK={stack}`.",
    ),
    (r"does not have permission|PERMISSION_DENIED|\b403\b", "A role is missing; `make doctor STACK={stack}` names it."),
    (
        r"already exists|ALREADY_EXISTS|\b409\b",
        "The name is taken. If an interrupted run made it, the next run takes it over; if somebody else did, remove "
        'it, import it with `make pulumi STACK={stack} ARGS="import …"`, or change the prefix.',
    ),
    (r"deletion.?protection|protected|PREVENT", "It is protected; `make down STACK={stack} UNPROTECT=yes` lifts that."),
    (
        r"being used by|is in use|resourceInUse",
        "Something still uses it; remove that first, then run the same command again.",
    ),
    (r"could not find default credentials|invalid_grant", "Log in: gcloud auth application-default login."),
    (r"timed out|timeout|deadline exceeded|ImagePullBackOff", "See the pods with kubectl: docs/runbooks/gcp.md."),
    (
        r"connection refused|no such host|unreachable|i/o timeout",
        "The API could not be reached; run the same command again.",
    ),
)


def hint(message: str, stack: str) -> str:
    """The next step for what went wrong."""
    for pattern, advice in _HINTS:
        if re.search(pattern, message):
            return advice.replace("{stack}", stack)
    return "Mend what is said above and run the same command again."
