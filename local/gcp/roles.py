"""Roles that Google has: a name that is not among them is refused, as Google refuses it.

Owns: the predefined roles of the services this project uses, and what a role's name may be. Deliberately not here:
roles of other services, of which only the shape is checked, and the permissions a role has: who may do what is not
modelled, only that a service agent was granted a key or a secret (`rules.py`).
"""

import re
from collections.abc import Collection
from typing import Final

BASIC: Final = frozenset({"roles/browser", "roles/editor", "roles/owner", "roles/viewer"})

_NAMES: Final = {
    "artifactregistry": (
        "admin attachmentReader attachmentWriter containerRegistryMigrationAdmin createOnPushRepoAdmin "
        "createOnPushWriter editor reader repoAdmin serviceAgent viewer writer"
    ),
    "billing": (
        "admin carbonViewer costsManager creator foundationsOnboardingSuperUser linkAdmin projectCostsManager "
        "projectManager user viewer"
    ),
    "binaryauthorization": (
        "admin attestorsAdmin attestorsEditor attestorsVerifier attestorsViewer editor policyAdmin policyEditor "
        "policyEvaluator policyViewer serviceAgent viewer"
    ),
    "certificatemanager": "admin editor owner serviceAgent viewer",
    "cloudbuild": (
        "admin builds.approver builds.builder builds.editor builds.viewer connectionAdmin connectionViewer editor "
        "integrationsEditor integrationsOwner integrationsViewer loggingServiceAgent readTokenAccessor serviceAgent "
        "tokenAccessor viewer workerPoolEditor workerPoolOwner workerPoolUser workerPoolViewer"
    ),
    "cloudkms": (
        "admin autokeyAdmin autokeyUser cryptoKeyDecrypter cryptoKeyDecrypterViaDelegation cryptoKeyEncrypter "
        "cryptoKeyEncrypterDecrypter cryptoKeyEncrypterDecrypterViaDelegation cryptoKeyEncrypterViaDelegation "
        "cryptoOperator decapsulator ekmConnectionsAdmin encryptionDashboardViewer expertPqcSigner expertRawAesCbc "
        "expertRawAesCtr expertRawPKCS1 hsmSingleTenantExecutor hsmSingleTenantKeyCreator hsmSingleTenantProposer "
        "hsmSingleTenantQuorumMember importer keyAccessJustificationsEnrollmentConfigViewer "
        "keyAccessJustificationsPolicyConfigAdmin orgServiceAgent protectedResourcesViewer publicKeyViewer "
        "serviceAgent signer signerVerifier verifier viewer"
    ),
    "cloudscheduler": "admin jobRunner serviceAgent viewer",
    "cloudtrace": "admin agent user",
    "compute": (
        "admin editor futureReservationAdmin futureReservationUser futureReservationViewer imageUser instanceAdmin "
        "instanceAdmin.v1 instanceGroupManagerServiceAgent interconnectAttachmentGroupAnalyzer "
        "interconnectGroupAnalyzer loadBalancerAdmin loadBalancerServiceUser networkAdmin networkUser networkViewer "
        "orgFirewallPolicyAdmin orgFirewallPolicyUser orgSecurityPolicyAdmin orgSecurityPolicyUser "
        "orgSecurityResourceAdmin osAdminLogin osLogin osLoginExternalUser packetMirroringAdmin packetMirroringUser "
        "peerSubnetMigrationAdmin publicIpAdmin securityAdmin serviceAgent soleTenantViewer storageAdmin viewer "
        "vmExtensionPolicyAdmin vmExtensionPolicyViewer xpnAdmin"
    ),
    "container": (
        "admin cloudKmsKeyUser clusterAdmin clusterViewer defaultNodeServiceAccount defaultNodeServiceAgent developer "
        "editor hostServiceAgentUser nodeServiceAccount nodeServiceAgent serviceAgent viewer"
    ),
    "containeranalysis": (
        "ServiceAgent admin editor notes.attacher notes.editor notes.occurrences.viewer notes.viewer "
        "occurrences.editor occurrences.viewer viewer"
    ),
    "dns": "admin editor peer reader serviceAgent viewer",
    "essentialcontacts": "admin viewer",
    "gkebackup": (
        "admin backupAdmin crossProjectServiceAgent delegatedBackupAdmin delegatedRestoreAdmin editor restoreAdmin "
        "serviceAgent viewer"
    ),
    "gkehub": (
        "admin connect crossProjectServiceAgent editor gatewayAdmin gatewayEditor gatewayReader scopeAdmin "
        "scopeEditor scopeEditorProjectLevel scopeViewer scopeViewerProjectLevel serviceAgent viewer"
    ),
    "iam": (
        "accessPolicyAdmin accessPolicyUser accessPolicyViewer admin dataScientist databasesAdmin denyAdmin "
        "denyReviewer devOps editor infrastructureAdmin mlEngineer networkAdmin oauthClientAdmin oauthClientViewer "
        "operationViewer organizationRoleAdmin organizationRoleViewer principalAccessBoundaryAdmin "
        "principalAccessBoundaryUser principalAccessBoundaryViewer roleAdmin roleViewer scimSyncer securityAdmin "
        "securityAuditor securityReviewer serviceAccountAdmin serviceAccountApiKeyBindingAdmin serviceAccountCreator "
        "serviceAccountDeleter serviceAccountKeyAdmin serviceAccountOpenIdTokenCreator serviceAccountTokenCreator "
        "serviceAccountUser serviceAccountViewer siteReliabilityEngineer supportUser viewer workforcePoolAdmin "
        "workforcePoolEditor workforcePoolViewer workloadIdentityPoolAdmin workloadIdentityPoolViewer "
        "workloadIdentityUser workspacePoolAdmin"
    ),
    "logging": (
        "admin bucketWriter configWriter fieldAccessor linkViewer logWriter privateLogViewer serviceAgent "
        "sqlAlertWriter viewAccessor viewer"
    ),
    "monitoring": (
        "admin alertPolicyEditor alertPolicyViewer alertViewer cloudConsoleIncidentEditor cloudConsoleIncidentViewer "
        "dashboardEditor dashboardViewer editor metricWriter metricsScopesAdmin metricsScopesViewer "
        "notificationChannelEditor notificationChannelViewer notificationServiceAgent servicesEditor servicesViewer "
        "snoozeEditor snoozeViewer uptimeCheckConfigEditor uptimeCheckConfigViewer viewer"
    ),
    "ondemandscanning": "admin serviceAgent viewer",
    "pubsub": "admin editor publisher serviceAgent subscriber viewer",
    "resourcemanager": (
        "folderAdmin folderCreator folderEditor folderIamAdmin folderMover folderViewer lienModifier "
        "organizationAdmin organizationViewer projectCreator projectDeleter projectIamAdmin projectMover tagAdmin "
        "tagHoldAdmin tagUser tagViewer"
    ),
    "secretmanager": "admin editor secretAccessor secretVersionAdder secretVersionManager viewer",
    "serviceusage": "apiKeysAdmin apiKeysViewer serviceUsageAdmin serviceUsageConsumer serviceUsageViewer",
    "stackdriver": "accounts.editor accounts.viewer admin resourceMetadata.writer viewer",
    "storage": (
        "admin annotationGeneratorService bucketViewer editor expressModeServiceInput expressModeServiceOutput "
        "expressModeUserAccess folderAdmin hmacKeyAdmin insightsCollectorService legacyBucketOwner legacyBucketReader "
        "legacyBucketWriter legacyObjectOwner legacyObjectReader objectAdmin objectCreator objectUser objectViewer "
        "viewer"
    ),
    "telemetry": (
        "admin consumerAdmin editor logsWriter metricsWriter serviceLogsWriter serviceMetricsWriter "
        "serviceTelemetryWriter serviceTracesWriter tracesWriter writer"
    ),
}
PREDEFINED: Final = {service: frozenset(names.split()) for service, names in _NAMES.items()}
"""Names by service, without `roles/SERVICE.`; August 2026. Source: cloud.google.com/iam/docs/roles-permissions."""

_NOT_OF_PROJECTS: Final = {
    "billing": "admin costsManager creator user viewer",
    "iam": "organizationRoleAdmin organizationRoleViewer",
    "resourcemanager": (
        "folderAdmin folderCreator folderIamAdmin folderMover folderViewer organizationAdmin organizationViewer "
        "projectCreator"
    ),
}
"""Roles of an organization, a folder or a billing account. Source: cloud.google.com/iam/docs/roles-permissions."""

_PREDEFINED: Final = re.compile(r"roles/([a-z][a-zA-Z0-9]*)\.([a-zA-Z0-9._]+)")
_CUSTOM: Final = re.compile(r"(projects/[^/]+|organizations/\d+)/roles/[a-zA-Z0-9_.]{3,64}")


def is_custom(role: str) -> bool:
    """Is this the full name of a role that somebody made?"""
    return _CUSTOM.fullmatch(role) is not None


def problem(role: str, services: Collection[str] = ()) -> str | None:
    """What is wrong with a role on a resource that roles of these services apply to (all, if none); None if nothing."""
    if is_custom(role) or (role in BASIC and not services):
        return None
    found = _PREDEFINED.fullmatch(role)
    if found is None:
        return (
            f'Role {role} is not a role; one such as "roles/storage.objectViewer" or "projects/PROJECT/roles/ROLE" is '
            "required."
        )
    service, name = found.groups()
    if service in PREDEFINED and name not in PREDEFINED[service]:
        return f"Role {role} is not supported for this resource: Google has no such role. Check its name."
    if services and service not in services:
        return f"Role {role} is not supported for this resource; a role of {', '.join(sorted(services))} is required."
    if not services and name in _NOT_OF_PROJECTS.get(service, "").split():
        return f"Role {role} is not supported for this resource: it is no role of a project."
    return None
