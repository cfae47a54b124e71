"""The requests the stand-in makes to the cluster's API server."""

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import kr8s
import kr8s.asyncio

FAILURES = (kr8s.APITimeoutError, kr8s.ServerError, kr8s.ConnectionClosedError, httpx.HTTPError, OSError)
"""What a request ends with when the API server refuses it, or is not there."""
MANAGER = "gke-stand-in"
_CONFLICT = 409
_SECONDS = 10
"""How long a request may take; the client's own default is for ever."""


class Api:
    """The API server, as the user of a kubeconfig; a failed request raises one of `FAILURES`."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @classmethod
    async def connect(cls, kubeconfig: Path) -> "Api":
        """Make a client; the API server is asked for its version."""
        with warnings.catch_warnings():
            # It knows the versions of its own release day; the objects used here are the same in all of them.
            warnings.filterwarnings("ignore", message="Kubernetes version")
            client = await kr8s.asyncio.api(kubeconfig=str(kubeconfig))
        client.timeout = _SECONDS
        return cls(client)

    async def __aenter__(self) -> "Api":
        """Open for an `async with` block."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections, for which the client has no public way."""
        session = self._client._session
        if session is not None:
            await session.aclose()

    async def _call(
        self, method: str, path: str, body: Any = None, kind: str = "application/json", **query: str
    ) -> dict[str, Any] | None:
        headers = {"Content-Type": kind}
        content = None if body is None else json.dumps(body)
        request = self._client.call_api(
            method,
            version="",
            base=path.rpartition("/")[0],
            url=path.rpartition("/")[2],
            params=query,
            headers=headers,
            content=content,
            raise_for_status=False,
        )
        async with request as answer:
            if answer.status_code == httpx.codes.NOT_FOUND:
                return None
            if not answer.is_success:
                message = (
                    f"{answer.request.method} {answer.request.url} was answered {answer.status_code}: {answer.text}"
                )
                raise kr8s.ServerError(message, response=answer)
            return dict(answer.json())

    async def get(self, path: str) -> dict[str, Any] | None:
        """Return an object, or None where there is none."""
        return await self._call("GET", path)

    async def items(self, path: str) -> list[dict[str, Any]]:
        """Return the objects of a collection, none where its kind is not known."""
        found = await self._call("GET", path)
        return list(found["items"]) if found else []

    async def apply(self, path: str, manifest: Mapping[str, Any]) -> None:
        """Server-side apply one object at its path."""
        kind = "application/apply-patch+yaml"
        await self._call("PATCH", path, manifest, kind, fieldManager=MANAGER, force="true")

    async def merge(self, path: str, patch: Mapping[str, Any]) -> bool:
        """Merge a patch; False when the object is gone or has changed since the version that the patch names."""
        try:
            return (
                await self._call("PATCH", path, patch, "application/merge-patch+json", fieldManager=MANAGER) is not None
            )
        except kr8s.ServerError as error:
            if error.response is not None and error.response.status_code == _CONFLICT:
                return False
            raise

    async def delete(self, path: str) -> None:
        """Delete an object, if it is there."""
        await self._call("DELETE", path)
