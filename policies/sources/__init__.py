"""Where a capture comes from: the program alone, a preview of the engine, or a state."""
