"""Traces across services. Ids always travel (W3C traceparent); spans exist only when an OTLP endpoint is configured.

The SDK and its exporter are imported then only: unused, they would be a quarter of a pod's memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
from fastapi.telemetry import TelemetryConfig

from app.shared.context import OUTSIDE, RequestContext, current
from app.shared.health import PATHS
from app.shared.settings import ServiceSettings


def config() -> TelemetryConfig:
    """FastAPI's own instrumentation: one span a request; our metrics and logs replace its."""
    return {
        "operation_spans": False,
        "metrics": False,
        "logs": False,
        "auto_configure": False,
        "exclude": lambda scope: scope.get("path") in PATHS,
    }


@contextmanager
def exported(settings: ServiceSettings) -> Iterator[None]:
    """Send sampled spans to the configured OTLP endpoint; flushes them at the end. Nothing without an endpoint."""
    endpoint = settings.otel_exporter_otlp_endpoint
    if endpoint is None:
        yield
        return
    from opentelemetry import trace  # noqa: PLC0415 - see the module's docstring
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased  # noqa: PLC0415

    provider = TracerProvider(
        resource=Resource.create({"service.name": settings.service, "service.version": settings.service_version}),
        sampler=ParentBased(TraceIdRatioBased(settings.trace_sample_ratio)),
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()


def in_span(request: RequestContext) -> RequestContext:
    """The same request under the ids of the span FastAPI opened for it, when there is one."""
    from opentelemetry.trace import get_current_span  # noqa: PLC0415 - unneeded without an endpoint

    span = get_current_span().get_span_context()
    if not span.is_valid:
        return request
    return replace(
        request,
        trace_id=f"{span.trace_id:032x}",
        span_id=f"{span.span_id:016x}",
        sampled=span.trace_flags.sampled,
    )


async def _propagate(request: httpx.Request) -> None:
    context = current()
    if context is OUTSIDE:
        return
    request.headers["traceparent"] = context.traceparent
    request.headers["x-request-id"] = context.request_id
    if context.forwarded_for:
        request.headers["x-forwarded-for"] = context.forwarded_for


def http_client(base_url: str, **options: Any) -> httpx.AsyncClient:
    """A client for one of our services: its calls join the trace of the request being served.

    Connects within 1 s (one retry of the connection only), answers within 5 s; `options` go to `httpx.AsyncClient`,
    whose errors (`httpx.HTTPError`) the caller translates. Close it at the end of the lifespan.
    """
    options.setdefault("timeout", httpx.Timeout(5.0, connect=1.0))
    if "transport" not in options:
        limits = httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=30)
        options["transport"] = httpx.AsyncHTTPTransport(retries=1, limits=limits)
    return httpx.AsyncClient(base_url=base_url, event_hooks={"request": [_propagate]}, trust_env=False, **options)
