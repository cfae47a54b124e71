"""`python -m policies.cost STACK [--usage FILE] [--base FILE] [--json]`: what a stack costs a month.

With `--base`, a capture, a report.json or an exported state: what changes against it.
"""

import argparse
import json
import sys
from pathlib import Path

from infra.errors import ATuManoError
from policies import sources
from policies.capture import CaptureError
from policies.cost import CostError, compare, estimate, text
from policies.cost.usage import from_file
from policies.sources import program


def main(arguments: list[str]) -> int:
    """Print it; 2 and one sentence if it can't be had."""
    parser = argparse.ArgumentParser(prog="python -m policies.cost", description="What a stack costs a month.")
    parser.add_argument("stack", help="name of the stack, e.g. prod")
    parser.add_argument("--usage", type=Path, help="YAML file of your own assumptions, e.g. `requests: 20000000`")
    parser.add_argument("--base", type=Path, help="capture, report.json or state to compare with")
    parser.add_argument("--json", action="store_true", help="as JSON")
    chosen = parser.parse_args(arguments)
    try:
        own = from_file(chosen.usage) if chosen.usage else None
        found = estimate(program.capture(chosen.stack), own)
        changed = compare(estimate(sources.read(chosen.base), own), found) if chosen.base else None
    except (ATuManoError, CaptureError, CostError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if chosen.json:
        document = {**found.to_json(), **({"change": changed.to_json()} if changed else {})}
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    else:
        sys.stdout.write(text.change(changed) if changed else text.table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
