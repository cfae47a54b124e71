"""The few requests that the cluster's own start makes to its API server."""

import json
import ssl
from typing import Any

import httpx

from local.cluster.errors import ClusterError
from local.cluster.network import Network
from local.cluster.pki import Pki


class Api:
    """The API server, as its administrator."""

    def __init__(self, network: Network, pki: Pki, *, transport: httpx.BaseTransport | None = None) -> None:
        context = ssl.create_default_context(cafile=str(pki.certificate("ca")))
        context.load_cert_chain(pki.certificate("admin"), pki.key("admin"))
        self._client = httpx.Client(
            base_url=f"https://{network.node}:6443", verify=context, trust_env=False, timeout=10, transport=transport
        )

    def __enter__(self) -> "Api":
        """Open for a `with` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._client.close()

    def ready(self) -> bool:
        """Tell whether the API server is ready."""
        try:
            return self._client.get("/readyz", timeout=2).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def get(self, path: str) -> dict[str, Any] | None:
        """Return an object, or None where there is none."""
        answer = self._client.get(path)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        self._require_success(answer)
        return dict(answer.json())

    def apply(self, path: str, manifest: dict[str, Any]) -> None:
        """Server-side apply one object at its path.

        Raises:
            ClusterError: the API server refused it.
        """
        query = {"fieldManager": "a-tu-mano", "force": "true"}
        headers = {"Content-Type": "application/apply-patch+yaml"}
        self._require_success(self._client.patch(path, params=query, headers=headers, content=json.dumps(manifest)))

    def delete_all(self, path: str, selector: str) -> None:
        """Delete the objects of a collection that a label selector chooses.

        Raises:
            ClusterError: the API server refused.
        """
        self._require_success(self._client.delete(path, params={"labelSelector": selector}))

    @staticmethod
    def _require_success(answer: httpx.Response) -> None:
        if not answer.is_success:
            message = f"The cluster's API server answered {answer.status_code} to {answer.request.url}: {answer.text}"
            raise ClusterError(message)
