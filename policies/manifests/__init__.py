"""Judges the Kubernetes manifests of a stack as the API server would: by its schemas and its Pod Security admission."""

from policies.capture import Capture
from policies.manifests import pod_security, validation, versions
from policies.manifests.manifest import manifests
from policies.model import STACK, Finding, Status, Verdicts


def judge(capture: Capture) -> Verdicts:
    """What every Kubernetes that the stack may run would say of what the stack makes in it."""
    minors = versions.of(capture)
    made = manifests(capture)
    found = [finding for manifest in made for finding in validation.validate(manifest, minors)]
    if not made:
        message = "The stack makes nothing in a cluster."
        found = [Finding(check=validation.CHECK.id, status=Status.NOT_APPLICABLE, resource=STACK, message=message)]
    partly = sum(bool(manifest.left_out) for manifest in made)
    return Verdicts(
        checks=(validation.CHECK, *pod_security.CHECKS),
        findings=(*found, *pod_security.judge(capture, minors)),
        notes=(
            f"Manifests are validated for Kubernetes {versions.shown(minors)}; {partly} of {len(made)} without what is "
            "secret or not known before it is created.",
            "Rules of custom resources that are written in CEL are asked by an API server only (make rehearse).",
        ),
        facts={
            "manifests": len(made),
            "kubernetes versions": [f"1.{minor}" for minor in minors],
            "left out of manifests": {
                f"{manifest.resource.type} {manifest.resource.name}": list(manifest.left_out)
                for manifest in made
                if manifest.left_out
            },
        },
    )
