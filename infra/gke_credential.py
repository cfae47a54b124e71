"""`python -m infra.gke_credential [INFO]`: the caller's own access token, as a kubeconfig's exec plugin prints it.

INFO is what kubectl and the engine put into KUBERNETES_EXEC_INFO; it says in which version to answer. The token is that
of the Application Default Credentials, the same with which the engine calls Google: of `gcloud auth application-default
login`, of the machine's own account, or of a federation. It is printed, and kept nowhere.
"""

import json
import sys
import warnings
from typing import Final

import google.auth
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request

from infra.components.kubeconfig import API, PLUGIN

SCOPES: Final = (
    "https://www.googleapis.com/auth/cloud-platform",
    # Without it GKE knows a service account by its number only, and RBAC by its address matches nobody.
    "https://www.googleapis.com/auth/userinfo.email",
)


def credential(info: str) -> dict[str, object]:
    """An ExecCredential with a fresh token and when it ends.

    Source: kubernetes.io/docs/reference/access-authn-authz/authentication, "client-go credential plugins".

    Raises:
        GoogleAuthError: there are no credentials, or they are not accepted any more.
    """
    with warnings.catch_warnings():
        # That a person's own credentials name no project to charge does not matter here: the cluster's is charged.
        warnings.simplefilter("ignore")
        found, _ = google.auth.default(scopes=SCOPES)
        found.refresh(Request())  # type: ignore[no-untyped-call]
    status = {"token": found.token}
    if found.expiry is not None:
        status["expirationTimestamp"] = f"{found.expiry:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "apiVersion": json.loads(info)["apiVersion"] if info else API,
        "kind": "ExecCredential",
        "status": status,
    }


def main(arguments: list[str]) -> int:
    """Print the credential; returns the exit status."""
    try:
        sys.stdout.write(json.dumps(credential(arguments[0] if arguments else "")) + "\n")
    except GoogleAuthError as error:
        why = " ".join(str(error).split())
        sys.stderr.write(
            f"{PLUGIN}: Google gave no access token ({why}), Application Default Credentials are required. "
            "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS.\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
