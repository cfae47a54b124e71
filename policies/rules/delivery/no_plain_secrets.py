"""A trigger, which everybody who may see builds can read, has no secret in it."""

import re
from collections.abc import Iterator
from typing import Final

from policies.capture import SECRET, Resource
from policies.model import Rule, Severity, Violation
from policies.rules._grants import TRIGGER
from policies.rules._triggers import variables

_SECRET_NAME: Final = re.compile(r"(?i)TOKEN|PASSW|SECRET|CREDENTIAL|API_?KEY|PRIVATE_?KEY")


def judge(resource: Resource) -> Iterator[Violation]:
    """No variable is a secret of the program's, or is called like one and has a value."""
    for path, name, value in variables(resource):
        if SECRET in value or (value and _SECRET_NAME.search(name)):
            yield Violation(
                f"`{path}` gives {name} a value in plain text; a secret has to come from Secret Manager.", path
            )


RULE: Final = Rule(
    id="delivery-no-plain-secrets",
    title="Triggers have no secret in plain text",
    severity=Severity.CRITICAL,
    reason="Variables of a trigger are shown in every build to everybody who may look at builds.",
    fix="Keep it in Secret Manager, and name its version in `build.availableSecrets` and `secretEnvs`.",
    controls=("nsa:secrets",),
    types=(TRIGGER,),
    judge=judge,
)
