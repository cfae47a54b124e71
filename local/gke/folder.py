"""The one folder of the stand-in, and the names of what lies in it."""

from typing import Final

from local.paths import STATE

FOLDER: Final = STATE / "gke"
SETTINGS: Final = "stand-in.json"
"""What the process is told: kubeconfig, ports, folder of the emulated cloud."""
READY: Final = "ready"
"""There once the process serves."""
LOG: Final = "stand-in.log"
LABELS: Final = "labels.json"
"""Labels that the node was given; `down` takes them off."""
