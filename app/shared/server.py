"""The process: settings, logs, metrics, traces, then uvicorn with one worker. `python -m app.<service>` ends here."""

import gc
import logging
import signal
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from app.shared import logs, metrics, telemetry
from app.shared.health import Health
from app.shared.settings import SettingsT, load

log = logging.getLogger(__name__)

GRACEFUL_SECONDS = 20
# Longer than the load balancer keeps its side of an idle connection (600 s on Google Cloud), else requests meet a
# connection that is just being closed.
KEEP_ALIVE_SECONDS = 620


class Server(uvicorn.Server):
    """Uvicorn that calls the pod not ready from the moment it is told to stop."""

    def __init__(self, config: uvicorn.Config, health: Health) -> None:
        super().__init__(config)
        self._health = health

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The signal handler."""
        self._health.draining = True
        super().handle_exit(sig, frame)


def configuration(app: FastAPI, port: int) -> uvicorn.Config:
    """How a service listens: all addresses, no access log of uvicorn's, requests in flight get 20 s at the end."""
    return uvicorn.Config(
        app,
        host="0.0.0.0",  # noqa: S104 - a pod's own address
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )


def serve(kind: type[SettingsT], create_app: Callable[[SettingsT], FastAPI]) -> None:
    """Run a service until it is told to stop."""
    settings = load(kind)
    logs.configure(settings)
    app = create_app(settings)
    server = Server(configuration(app, settings.port), app.state.health)
    # What is loaded by now lives as long as the process: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    # Uvicorn raises the signal again when it is done; it must not end the process before the last spans are sent.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with metrics.served(settings), telemetry.exported(settings):
        log.info("listening", extra={"port": settings.port, "stack": settings.stack})
        server.run()
