"""What the four services have in common: settings, errors, health, logs, metrics, traces, tokens, MongoDB, server."""
