"""What rules read of a subnetwork."""

from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError

SUBNET: Final = "gcp:compute/subnetwork:Subnetwork"


def of_machines(subnet: Resource) -> None:
    """Go on for a subnetwork that machines have addresses of.

    Raises:
        NotApplicableError: Google uses it for proxies or services of its own.
    """
    purpose = subnet.get("purpose", "PRIVATE")
    if purpose != "PRIVATE":
        msg = f"No machine has an address of it: its purpose is {purpose}."
        raise NotApplicableError(msg)
