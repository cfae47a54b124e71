"""`python -m policies.sources STACK`: the capture of the stack's program, as JSON."""

import json
import sys

from infra.errors import ATuManoError
from policies.capture import CaptureError
from policies.sources import program


def main(arguments: list[str]) -> int:
    """Print it; 2 and one sentence if it can't be had."""
    if len(arguments) != 1:
        sys.stderr.write("The name of one stack is required, e.g. `python -m policies.sources prod`.\n")
        return 2
    try:
        json.dump(program.capture(arguments[0]).dump(), sys.stdout, indent=1)
    except (ATuManoError, CaptureError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
