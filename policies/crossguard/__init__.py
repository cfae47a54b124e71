"""The rules as a CrossGuard policy pack: the gate that the engine holds every resource against (docs/gate.md)."""

from typing import Final

NAME: Final = "a-tu-mano"
"""Name of the pack."""
NOT_EVALUATED: Final = "Not evaluated: "
"""How the message of what can't be judged yet begins."""
