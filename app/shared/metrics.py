"""Prometheus metrics, served on the management port only, so that the edge cannot reach them."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, start_http_server

from app.shared.settings import ServiceSettings

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Histogram(
    "http_server_request_duration_seconds", "Time to answer a request.", ["method", "route", "status"], buckets=BUCKETS
)
IN_FLIGHT = Gauge("http_server_requests_in_flight", "Requests being answered now.")
READY = Gauge("service_ready", "1 while the pod calls itself ready.")
BUILD = Gauge("service_build_info", "Always 1; the labels say what runs.", ["service", "version"])
BACKGROUND_FAILURES = Counter("background_failures_total", "Failed rounds of background work.", ["task"])

_series: dict[tuple[str, str, int], Histogram] = {}


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; `route` is a template such as `/products/{id}`, never a path."""
    key = (method if method in METHODS else "OTHER", route, status)
    series = _series.get(key)
    if series is None:
        series = _series[key] = REQUESTS.labels(key[0], route, str(status))
    series.observe(seconds)


@contextmanager
def served(settings: ServiceSettings) -> Iterator[None]:
    """`/metrics` on the management port while the context is open."""
    BUILD.labels(settings.service, settings.service_version).set(1)
    server, thread = start_http_server(settings.metrics_port, registry=REGISTRY)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
