"""The kubeconfig of a GKE cluster that is reached by its DNS endpoint."""

import json
from typing import Final

PLUGIN: Final = "gke-gcloud-auth-plugin"
"""Program that gives the caller's own access token; Google's, or ours in infra/bin."""
API: Final = "client.authentication.k8s.io/v1beta1"
"""Version the plugin has to answer in. Google's knows only this one, and kubectl refuses an answer in another."""


def kubeconfig(name: str, endpoint: str) -> str:
    """A kubeconfig with one context, `name`, as JSON, which is YAML too; nothing in it is secret.

    The endpoint has a public certificate, so there is no authority in it; IAM decides whom it lets in.
    Source: cloud.google.com/kubernetes-engine/docs/concepts/network-isolation#dns-based_endpoint.
    """
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "clusters": [{"name": name, "cluster": {"server": f"https://{endpoint}"}}],
        "users": [
            {
                "name": name,
                "user": {
                    "exec": {
                        "apiVersion": API,
                        "command": PLUGIN,
                        "provideClusterInfo": True,
                        "interactiveMode": "Never",
                        "installHint": f"Install {PLUGIN} with gcloud, or put this project's infra/bin on PATH.",
                    }
                },
            }
        ],
    }
    return json.dumps(config, indent=2, sort_keys=True) + "\n"
