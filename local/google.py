"""Google's REST APIs with this machine's Application Default Credentials; only reads and questions about rights."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import google.auth
import httpx
from google.auth.credentials import Credentials
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.auth.transport.requests import Request

_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_SECONDS = 15


class Rest:
    """Answers of Google, as `local.preflight.Google` describes them."""

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        """Ask Google, or what `transport` leads to."""
        self._http = httpx.Client(timeout=_SECONDS, transport=transport)

    @cached_property
    def _credentials(self) -> Credentials | None:
        try:
            found, _ = google.auth.default(scopes=_SCOPES)
        except DefaultCredentialsError:
            return None
        return found

    def who(self) -> str | None:
        """Kind of the credentials and, where they tell, whose they are."""
        if self._credentials is None:
            return None
        name = getattr(self._credentials, "service_account_email", None) or getattr(self._credentials, "account", None)
        return str(name or "a person's, from gcloud")

    def call(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Status and JSON of an answer; status 0 if there was none."""
        try:
            answer = self._http.request(method, url, json=body, headers=self._headers())
            found = answer.json()
        except (httpx.HTTPError, GoogleAuthError, ValueError) as error:
            return 0, {"error": f"{type(error).__name__}: {error}"}
        return answer.status_code, found if isinstance(found, dict) else {}

    def _headers(self) -> dict[str, str]:
        if self._credentials is None:
            return {}
        if not self._credentials.valid:
            self._credentials.refresh(Request())  # type: ignore[no-untyped-call]
        quota = getattr(self._credentials, "quota_project_id", None)
        charged = {"X-Goog-User-Project": quota} if quota else {}
        return {"Authorization": f"Bearer {self._credentials.token}", **charged}
