"""Opens each new volume to the pod that claimed it.

The controller manager makes a claim's directory for root alone (mode 0750), and the kubelet gives no hostPath volume to
a pod's `fsGroup`: no pod without root could write. Only root reaches the directories from the host.
"""

import time
from pathlib import Path

VOLUMES = Path("/tmp/hostpath_pv")  # noqa: S108 - fixed in the provisioner; `/tmp` is the node's own
_EVERYBODY = 0o777


def open_new(volumes: Path) -> None:
    """Let every user write to each volume; a volume that vanishes meanwhile is no error."""
    if not volumes.exists():
        return
    for volume in volumes.iterdir():
        try:
            if volume.stat().st_mode & _EVERYBODY != _EVERYBODY:
                volume.chmod(_EVERYBODY)
        except FileNotFoundError:
            continue


def main() -> None:
    """Look five times a second: a pod needs longer from its claim's binding to its first write."""
    while True:
        open_new(VOLUMES)
        time.sleep(0.2)


if __name__ == "__main__":
    main()
