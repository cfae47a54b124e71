"""The rules as a CrossGuard policy pack: the gate that the engine holds every resource against (docs/gate.md)."""
