"""The program: settings, composition, outputs."""

import gc

# A run is over in seconds: looking for garbage among the SDKs' classes takes a fourth of its time and frees nothing.
gc.disable()

import pulumi  # noqa: E402 - only now is nothing looked for

from infra.composition import compose  # noqa: E402
from infra.errors import ATuManoError  # noqa: E402
from infra.settings import load  # noqa: E402

try:
    compose(load()).export()
except ATuManoError as error:
    # The engine shows the sentences of a RunError alone, without a traceback.
    raise pulumi.RunError(str(error)) from None
