"""What a pod of ours is held to: Pod Security `restricted`, and a root filesystem nobody writes to."""

from typing import Any


def assert_restricted(pod: dict[str, Any]) -> None:
    """Fail unless the pod conforms; on a real cluster the API server says so too."""
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False
    context = pod["securityContext"]
    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] == context["runAsGroup"] == context["fsGroup"] == 65532
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }
        assert container["resources"]["limits"]["memory"]
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
    for volume in pod["volumes"]:
        kind = next(key for key in volume if key != "name")
        assert kind in {"emptyDir", "secret", "persistentVolumeClaim"}
        assert kind != "emptyDir" or volume["emptyDir"]["sizeLimit"]
        assert kind != "secret" or volume["secret"]["defaultMode"] == 0o440
