"""How a service's FastAPI application is put together: the same for all four, so that none forgets a part."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi

from app.shared import errors, mongo, telemetry
from app.shared.health import Health
from app.shared.observe import Crashed, Observe, crash_problem
from app.shared.settings import ServiceSettings

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def build(
    settings: ServiceSettings,
    *,
    title: str,
    routers: list[APIRouter],
    lifespan: Lifespan,
    health: Health,
    crashed: Crashed = crash_problem,
) -> FastAPI:
    """The application: routers, problem bodies for every error, health, the middleware, an honest OpenAPI document.

    `app.state` holds what the routes' dependencies ask for; the lifespan fills it. No I/O happens here.
    """
    app = FastAPI(
        title=title,
        version="1",
        lifespan=lifespan,
        telemetry=telemetry.config(),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.health = health
    errors.install(app)
    mongo.install(app)
    app.add_middleware(Observe, settings=settings, crashed=crashed)
    # Routes are tried in order, and probes are the rarest requests.
    for router in [*routers, health.router()]:
        app.include_router(router)
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    return app


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the errors any operation may answer and their real media type."""
    made = get_openapi(title=app.title, version=app.version, routes=app.routes)
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas.setdefault("Problem", errors.Problem.model_json_schema())
    for operations in made["paths"].values():
        for operation in operations.values():
            _document_errors(operation)
    made["components"]["schemas"] = dict(sorted(schemas.items()))
    return made


def _document_errors(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    answers.pop("default", None)
    common = {500: "A bug of ours.", 503: "Something the service depends on does not answer."}
    if "requestBody" in operation:
        common |= {
            400: "The body cannot be read.",
            413: "The body is too large.",
            422: "The body or a parameter is not valid.",
        }
    elif operation.get("parameters"):
        common |= {422: "A parameter is not valid."}
    else:
        answers.pop("422", None)
    for status, description in common.items():
        answers.setdefault(str(status), {"description": description})
    if "422" in answers and answers["422"]["description"] == "Validation Error":
        answers["422"]["description"] = common[422]
    for status, answer in answers.items():
        content = answer.get("content", {})
        # A page of the frontend tells its errors as HTML; everything else as problem details.
        if int(status) >= 400 and "text/html" not in content:  # noqa: PLR2004
            answer["content"] = {errors.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    operation["responses"] = dict(sorted(answers.items()))
