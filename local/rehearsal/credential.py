"""The credential of the cluster that stands in for GKE, as kubeconfig's exec plugins print it."""

import base64
import json
import os
import sys
from pathlib import Path

import yaml

from infra.components.kubeconfig import API
from local.rehearsal.place import CLUSTER_VARIABLE


def credential(kubeconfig: str) -> dict[str, object]:
    """An ExecCredential with the certificate of the kubeconfig's user.

    Source: kubernetes.io/docs/reference/access-authn-authz/authentication, "client-go credential plugins".
    """
    user = yaml.safe_load(kubeconfig)["users"][0]["user"]
    certificate, key = (base64.b64decode(user[f"client-{part}-data"]).decode() for part in ("certificate", "key"))
    return {
        "apiVersion": API,
        "kind": "ExecCredential",
        "status": {"clientCertificateData": certificate, "clientKeyData": key},
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(credential(Path(os.environ[CLUSTER_VARIABLE]).read_text(encoding="utf-8"))))
