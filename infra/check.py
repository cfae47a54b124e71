"""`python -m infra.check STACK [--settings-only]`: the settings' mistakes, one line each, before an engine is started.

Exit status 0 when there is none, 1 otherwise. With `--settings-only` images and kubeconfig may still be missing.
"""

import argparse
import sys

from infra.errors import ATuManoError
from infra.settings import load_file, load_settings


def main(arguments: list[str]) -> int:
    """Check one stack; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.check", description="Check the settings of a stack.")
    parser.add_argument("stack", help="e.g. local")
    parser.add_argument("--settings-only", action="store_true", help="do not ask for images and a kubeconfig yet")
    options = parser.parse_args(arguments)
    try:
        load_settings(options.stack) if options.settings_only else load_file(options.stack)
    except ATuManoError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
