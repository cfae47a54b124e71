"""What volumes, backups, images and buckets use."""

from collections.abc import Iterator
from typing import Any, Final

from policies.capture import Resource
from policies.cost.amounts import Amount
from policies.cost.uses import Use, number, spread
from policies.cost.view import View, gib

CLAIM: Final = "kubernetes:core/v1:PersistentVolumeClaim"
STORAGE_CLASS: Final = "kubernetes:storage.k8s.io/v1:StorageClass"
TRIGGER: Final = "gcp:cloudbuild/trigger:Trigger"
SERVICE: Final = "gcp:projects/service:Service"
_DEFAULT_DISK: Final = "pd-balanced"
"""Disk of GKE's own default class. Source: cloud.google.com/kubernetes-engine/docs/concepts/persistent-volumes."""
_LEAST_GB: Final = 10
"""Size of a disk that names none and is made of nothing. Source: cloud.google.com/compute/docs/disks."""
_MONTH_DAYS: Final = 365 / 12


def claim(resource: Resource, view: View) -> Iterator[Use]:
    """The disk behind a claim."""
    size = gib(resource.get("spec.resources.requests.storage"))
    yield from _disk(resource.get("spec.storageClassName"), Amount.of(size), f"{number(size)} GiB", view)


def templates(resource: Resource, view: View) -> Iterator[Use]:
    """The disks behind the claims that a StatefulSet makes for each of its pods."""
    pods = next(each for each in view.workloads if each.resource.urn == resource.urn).pods
    for index in range(len(resource.get("spec.volumeClaimTemplates") or [])):
        spec = f"spec.volumeClaimTemplates[{index}].spec"
        size = gib(resource.get(f"{spec}.resources.requests.storage"))
        formula = f"{spread(pods)} pods x {number(size)} GiB"
        yield from _disk(resource.get(f"{spec}.storageClassName"), pods * size, formula, view)


def _disk(named: str | None, size: Amount, formula: str, view: View) -> Iterator[Use]:
    """A disk of a class; one that is kept in two zones has twice its size."""
    found = next((each for each in view.capture.of(STORAGE_CLASS) if each.get("metadata.name") == named), None)
    kind = found.get("parameters.type", "pd-standard") if found else _DEFAULT_DISK
    if found and found.get("parameters.replication-type") == "regional-pd":
        size, formula = size * 2, f"{formula} x 2 zones"
    yield Use(sku=kind, quantity=size, formula=formula)


def disk(resource: Resource, _: View) -> Iterator[Use]:
    """A disk that is no claim's."""
    size = float(resource.get("size", _LEAST_GB))
    yield Use(sku=resource.get("type", "pd-standard"), quantity=Amount.of(size), formula=f"{number(size)} GB")


def snapshot(resource: Resource, view: View) -> Iterator[Use]:
    """What a snapshot of a claim's disk keeps: what is written there."""
    place = (resource.get("metadata.namespace"), resource.get("spec.source.persistentVolumeClaimName"))
    used = view.usage["volumeUsed"]
    for each in view.capture.of(CLAIM):
        if (each.get("metadata.namespace"), each.get("metadata.name")) == place:
            size = gib(each.get("spec.resources.requests.storage"))
            yield Use(
                sku="snapshot",
                quantity=Amount.of(size * used),
                formula=f"{number(size)} GiB x {number(used)} used",
            )


def volumes(view: View) -> Amount:
    """GiB of all volumes of the stack."""
    size = Amount.of(0.0)
    for resource in view.capture.of(CLAIM):
        size = size + Amount.of(gib(resource.get("spec.resources.requests.storage")))
    for workload in view.workloads:
        for entry in workload.resource.get("spec.volumeClaimTemplates") or []:
            size = size + workload.pods * gib(entry["spec"]["resources"]["requests"]["storage"])
    return size


def backup(resource: Resource, view: View) -> Iterator[Use]:
    """Namespaces that are backed up, and what the backups of their volumes keep: all of it once, and what changed."""
    named = resource.get("backupConfig.selectedNamespaces.namespaces")
    count = len(named if named is not None else view.capture.of("kubernetes:core/v1:Namespace"))
    yield Use(sku="backup-namespace", quantity=Amount.of(float(count)), formula=f"{count} namespaces")
    if resource.get("backupConfig.includeVolumeData"):
        days = float(resource.get("retentionPolicy.backupRetainDays", 0))
        used, change = view.usage["volumeUsed"], view.usage["volumeChange"]
        how = f"{number(used)} used x (1 + {number(change)} changed x {number(max(days - 1, 0))} days)"
        kept = used * (1 + change * max(days - 1, 0))
        size = volumes(view)
        yield Use(
            sku="backup-storage",
            quantity=size * kept,
            formula=f"{spread(size)} GiB x {how}",
        )


def registry(resource: Resource, view: View) -> Iterator[Use]:
    """Images that its cleanup keeps, and scans of new ones."""
    made = _images_made(view)
    keep, days = _cleanup(resource.get("cleanupPolicies") or [])
    images = len(view.workloads)
    kept = max(keep * images, made * days / _MONTH_DAYS)
    each = view.usage["imageGb"]
    yield Use(
        sku="registry-storage",
        quantity=Amount.of(kept * each),
        formula=f"{number(kept)} versions of images x {number(each)} GB",
    )
    scanned = any(api.get("service") == "containerscanning.googleapis.com" for api in view.capture.of(SERVICE))
    if scanned and resource.get("vulnerabilityScanningConfig.enablementConfig", "INHERITED") == "INHERITED":
        yield Use(sku="registry-scan", quantity=Amount.of(made), formula=f"{number(made)} new images")


def _images_made(view: View) -> float:
    """New images in a month, of builds that a push starts."""
    pushes = [each for each in view.capture.of(TRIGGER) if each.has("repositoryEventConfig.push")]
    return len(pushes) * view.usage["builds"] * view.usage["imagesPerBuild"]


def _cleanup(policies: list[dict[str, Any]]) -> tuple[float, float]:
    """Versions of each image that are always kept, and days that others are; a year where nothing deletes them."""
    counts = [policy.get("mostRecentVersions", {}).get("keepCount", 0) for policy in policies]
    ages = [policy["condition"].get("olderThan") for policy in policies if policy.get("action") == "DELETE"]
    days = [float(age.removesuffix("s")) / 86400 for age in ages if age]
    return float(max(counts, default=0)), min(days, default=365.0)


def bucket(resource: Resource, view: View) -> Iterator[Use]:
    """What a bucket keeps."""
    if resource.get("storageClass", "STANDARD") != "STANDARD":
        yield Use(sku=f"bucket-{resource.get('storageClass').lower()}", quantity=Amount.of(0.0), formula="")
        return
    size = view.usage["bucketGb"]
    yield Use(sku="bucket", quantity=Amount.of(size), formula=f"{number(size)} GiB")
