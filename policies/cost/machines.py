"""What a machine type of Compute Engine has: vCPUs that are paid for, and GB of memory.

Source: cloud.google.com/compute/docs/general-purpose-machines.
"""

import re
from typing import Final

_SHARED: Final = {"e2-micro": (0.25, 1.0), "e2-small": (0.5, 2.0), "e2-medium": (1.0, 4.0)}
_GB_FOR_VCPU: Final = {"standard": 4.0, "highmem": 8.0, "highcpu": 1.0}
_EXCEPTIONS: Final = {("c3", "highcpu"): 2.0, ("n2", "highmem", 128): 6.75}


def shape(machine: str) -> tuple[str, float, float] | None:
    """Family, vCPUs and GB, e.g. ("e2", 2, 8) for "e2-standard-2"; None for what is not of a predefined shape."""
    if machine in _SHARED:
        return "e2", *_SHARED[machine]
    if (match := re.fullmatch(r"([a-z]\d[a-z]?)-(standard|highmem|highcpu)-(\d+)", machine)) is None:
        return None
    family, kind, cpus = match[1], match[2], int(match[3])
    ratio = _EXCEPTIONS.get((family, kind, cpus)) or _EXCEPTIONS.get((family, kind)) or _GB_FOR_VCPU[kind]
    return family, float(cpus), cpus * ratio
