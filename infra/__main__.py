"""The program: settings, composition, outputs."""

import pulumi

from infra.composition import compose
from infra.errors import ATuManoError
from infra.settings import load

try:
    compose(load()).export()
except ATuManoError as error:
    # The engine shows the sentences of a RunError alone, without a traceback.
    raise pulumi.RunError(str(error)) from None
