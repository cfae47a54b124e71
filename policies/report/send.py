"""`python -m policies.report.send FOLDER --commit SHA`: a report to Bitbucket's Code Insights.

Inside Bitbucket Pipelines its proxy knows who is asking; elsewhere an access token of the repository is required in
A_TU_MANO_BITBUCKET_TOKEN (never an argument: arguments are in the process list). Sent again, a report replaces itself.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

import httpx

API: Final = "https://api.bitbucket.org"
TOKEN_VARIABLE: Final = "A_TU_MANO_BITBUCKET_TOKEN"  # noqa: S105 - a name
_IN_PIPELINES: Final = "BITBUCKET_BUILD_NUMBER"
_PROXY: Final = "http://localhost:29418"
"""Pipelines' proxy that adds the credentials; it wants plain http. Source: Atlassian, Code Insights in Pipelines."""
_WHY: Final = {
    400: "Bitbucket does not take it; the answer says why.",
    401: f"The token in {TOKEN_VARIABLE} is not valid. Make one under Repository settings > Access tokens.",
    403: "The token may not write reports. Give it the scope `repository:write`.",
    404: "There is no such repository or commit, or the token is of another one. Check what was named.",
    429: "Bitbucket wants fewer requests. Try again in an hour.",
}


class SendError(Exception):
    """The report was not taken; the message is a sentence for the user."""


def send(folder: Path, *, workspace: str, repository: str, commit: str, client: httpx.Client) -> int:
    """Replace the report of the commit by the one in the folder; returns the number of annotations.

    Raises:
        SendError: The folder has no report, or Bitbucket refuses it.
    """
    payloads = folder / "code-insights"
    try:
        report = json.loads((payloads / "report.json").read_text(encoding="utf-8"))
        batches = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(payloads.glob("annotations-*.json"))]
    except OSError as error:
        msg = f"{error.filename} can't be read ({error.strerror}). Make the report with `make report`."
        raise SendError(msg) from None
    url = f"/2.0/repositories/{workspace}/{repository}/commit/{commit}/reports/{report.pop('id')}"
    # What is not found any more would stay; a report that is deleted takes its annotations with it.
    _ask(client, "DELETE", url, missing_is_fine=True)
    _ask(client, "PUT", url, report)
    for batch in batches:
        _ask(client, "POST", f"{url}/annotations", batch)
    return sum(map(len, batches))


def _ask(client: httpx.Client, method: str, url: str, body: Any = None, *, missing_is_fine: bool = False) -> None:
    try:
        answer = client.request(method, url, json=body)
    except httpx.HTTPError as error:
        msg = f"Bitbucket could not be asked ({error}). Check the network, then run the same command again."
        raise SendError(msg) from None
    if answer.is_success or (missing_is_fine and answer.status_code == httpx.codes.NOT_FOUND):
        return
    why = _WHY.get(answer.status_code, "Try again; if it stays, see status.bitbucket.org.")
    msg = f"{method} {answer.request.url} was answered {answer.status_code}: {answer.text[:300]!r}. {why}"
    raise SendError(msg)


def client_for(environment: dict[str, str]) -> httpx.Client:
    """The way to Bitbucket: Pipelines' proxy, or a token.

    Raises:
        SendError: There is neither.
    """
    token = environment.get(TOKEN_VARIABLE)
    if token:
        return httpx.Client(base_url=API, headers={"Authorization": f"Bearer {token}"}, timeout=30, trust_env=False)
    if _IN_PIPELINES in environment:
        return httpx.Client(base_url=API.replace("https:", "http:"), proxy=_PROXY, timeout=30, trust_env=False)
    msg = f"{TOKEN_VARIABLE} is not set; outside of Pipelines an access token with `repository:write` is required."
    raise SendError(msg)


def main(arguments: list[str]) -> int:
    """Send it; 2 and one sentence if it was not taken."""
    parser = argparse.ArgumentParser(prog="python -m policies.report.send", description=__doc__)
    parser.add_argument("folder", type=Path, help="what `make report` wrote, e.g. report/prod")
    parser.add_argument("--commit", default=os.environ.get("BITBUCKET_COMMIT"))
    parser.add_argument("--workspace", default=os.environ.get("BITBUCKET_WORKSPACE"))
    parser.add_argument("--repository", default=os.environ.get("BITBUCKET_REPO_SLUG"))
    told = parser.parse_args(arguments)
    missing = [f"--{name}" for name in ("commit", "workspace", "repository") if not getattr(told, name)]
    if missing:
        sys.stderr.write(f"{', '.join(missing)} is required; inside Pipelines each has its variable.\n")
        return 2
    try:
        with client_for(dict(os.environ)) as client:
            number = send(
                told.folder,
                workspace=told.workspace,
                repository=told.repository,
                commit=told.commit,
                client=client,
            )
    except SendError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"The report is on {told.commit} with {number} annotations.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
