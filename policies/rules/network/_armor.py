"""What rules read of a Cloud Armor policy."""

from typing import Final

from policies.capture import Resource
from policies.model import NotApplicableError
from policies.rules._reading import each

POLICY: Final = "gcp:compute/securityPolicy:SecurityPolicy"


def rules_of_backends(policy: Resource) -> list[str]:
    """Paths of the rules of a policy of backends; others can't look into requests.

    Raises:
        NotApplicableError: It is a policy of another kind.
    """
    if policy.get("type", "CLOUD_ARMOR") != "CLOUD_ARMOR":
        msg = "It is not a policy of backends."
        raise NotApplicableError(msg)
    return list(each(policy, "rules"))
