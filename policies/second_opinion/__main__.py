"""`python -m policies.second_opinion environment` makes checkov's environment; `… write STACK FOLDER` what it reads.

`write` leaves `plan.json` and `manifests/` in the folder, for checkov's own command line and other readers of plans.
"""

import sys
from pathlib import Path

from policies.capture import CaptureError
from policies.second_opinion import OpinionError, environment, hand_over


def main(arguments: list[str]) -> int:
    """Do what is asked; 1 with a sentence where that fails."""
    try:
        match arguments:
            case ["environment"]:
                environment.ensure()
            case ["write", stack, folder]:
                from policies.sources.program import capture  # noqa: PLC0415 - the SDK, which takes seconds

                Path(folder).mkdir(parents=True, exist_ok=True)
                hand_over(capture(stack), Path(folder))
            case _:
                print(__doc__, file=sys.stderr)  # noqa: T201
                return 2
    except (CaptureError, OpinionError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
