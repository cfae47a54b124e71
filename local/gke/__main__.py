"""`python -m local.gke up|down|leftovers KUBECONFIG`: the stand-in without a rehearsal."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from local.cluster.errors import ClusterError
from local.gke import stand_in


def run(arguments: Sequence[str]) -> int:
    """Do what the command line says; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local.gke", description="What of GKE the local cluster lacks.")
    parser.add_argument("command", choices=["up", "down", "leftovers"])
    parser.add_argument("kubeconfig", type=Path)
    options = parser.parse_args(arguments)
    try:
        match options.command:
            case "up":
                stand_in.up(options.kubeconfig)
                http, https, authority = stand_in.reach()
                _say(f"http://127.0.0.1:{http} and https://127.0.0.1:{https}, authority {authority}")
            case "down":
                stand_in.down(options.kubeconfig)
            case "leftovers":
                found = stand_in.leftovers()
                _say("\n".join(found) or "nothing")
                return 1 if found else 0
    except (ClusterError, stand_in.StandInError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
