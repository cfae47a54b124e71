"""A stack as this project makes one: made in order, nothing to do afterwards, and gone in the reverse order."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.gcp.checks import DEFAULTS
from local.gcp.kinds import UNKNOWN
from local.gcp.tables import tables
from tests.unit.local.gcp.services.emulated import BILLING, PROJECT, REGION, Gcp, Made

NUMBER = "{number}"
AGENTS = {
    "gke": "service-{number}@container-engine-robot.iam.gserviceaccount.com",
    "disks": "service-{number}@compute-system.iam.gserviceaccount.com",
    "registry": "service-{number}@gcp-sa-artifactregistry.iam.gserviceaccount.com",
    "backup": "service-{number}@gcp-sa-gkebackup.iam.gserviceaccount.com",
}


def stack(gcp: Gcp) -> list[Made]:  # noqa: PLR0915
    """Make one of everything; in order."""
    made: list[Made] = []

    def make(token: str, **inputs: Any) -> Made:
        made.append(gcp.make(f"gcp:{token}", **inputs))
        return made[-1]

    made.append(gcp.project())
    number = made[0].out("number")
    for api in ("artifactregistry", "cloudbuild", "pubsub", "secretmanager"):
        made.append(gcp.identity(api))
    make(
        "essentialcontacts/contact:Contact",
        parent=made[0].id,
        email="ana@example.com",
        languageTag="en",
        notificationCategorySubscriptions=["ALL"],
    )
    make(
        "projects/iAMAuditConfig:IAMAuditConfig",
        project=PROJECT,
        service="allServices",
        auditLogConfigs=[{"logType": "ADMIN_READ"}, {"logType": "DATA_WRITE"}],
    )
    keys = {use: gcp.key(use, email.format(number=number)) for use, email in AGENTS.items()}
    made += keys.values()
    signing = make(
        "kms/cryptoKey:CryptoKey",
        name="attestor",
        keyRing=keys["gke"].inputs["keyRing"],
        purpose="ASYMMETRIC_SIGN",
        versionTemplate={"algorithm": "EC_SIGN_P256_SHA256", "protectionLevel": "SOFTWARE"},
    )

    network = gcp.network()
    subnetwork = gcp.subnetwork(network)
    made += [network, subnetwork]
    router = make("compute/router:Router", name="atm-dev-router", network=network.id)
    address = make("compute/address:Address", name="atm-dev-egress")
    make(
        "compute/routerNat:RouterNat",
        name="atm-dev-nat",
        router=router.out("name"),
        natIpAllocateOption="MANUAL_ONLY",
        natIps=[address.out("selfLink")],
        sourceSubnetworkIpRangesToNat="LIST_OF_SUBNETWORKS",
        subnetworks=[{"name": subnetwork.id, "sourceIpRangesToNats": ["ALL_IP_RANGES"]}],
        logConfig={"enable": True, "filter": "ERRORS_ONLY"},
    )
    make(
        "compute/firewall:Firewall",
        name="atm-dev-deny",
        network=network.id,
        direction="EGRESS",
        denies=[{"protocol": "all"}],
        destinationRanges=["0.0.0.0/0"],
        priority=65535,
    )
    make("dns/policy:Policy", name="atm-dev-dns", networks=[{"networkUrl": network.id}], enableLogging=True)

    nodes = make("serviceaccount/account:Account", accountId="atm-dev-nodes", displayName="Nodes")
    make(
        "projects/iAMMember:IAMMember",
        project=PROJECT,
        role="roles/container.defaultNodeServiceAccount",
        member=nodes.out("member"),
    )
    role = make(
        "projects/iAMCustomRole:IAMCustomRole",
        roleId="deployer",
        title="Deployer",
        permissions=["container.clusters.get", "container.deployments.create"],
    )
    make("projects/iAMMember:IAMMember", project=PROJECT, role=role.out("name"), member=nodes.out("member"))
    repository = make(
        "artifactregistry/repository:Repository",
        repositoryId="atm-dev-images",
        location=REGION,
        format="DOCKER",
        kmsKeyName=keys["registry"].id,
        cleanupPolicies=[
            {"id": "keep", "action": "KEEP", "mostRecentVersions": {"keepCount": 10}},
            {"id": "old", "action": "DELETE", "condition": {"tagState": "UNTAGGED", "olderThan": "604800s"}},
        ],
        dockerConfig={"immutableTags": True},
    )
    make(
        "artifactregistry/repositoryIamMember:RepositoryIamMember",
        repository=repository.out("name"),
        location=REGION,
        role="roles/artifactregistry.reader",
        member=nodes.out("member"),
    )

    cluster = gcp.cluster(
        network,
        subnetwork,
        databaseEncryption={"state": "ENCRYPTED", "keyName": keys["gke"].id},
        controlPlaneEndpointsConfig={
            "dnsEndpointConfig": {"allowExternalTraffic": True},
            "ipEndpointsConfig": {"enabled": False},
        },
        maintenancePolicy={
            "recurringWindow": {
                "startTime": "2026-01-01T03:00:00Z",
                "endTime": "2026-01-01T09:00:00Z",
                "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU",
            }
        },
        monitoringConfig={"enableComponents": ["SYSTEM_COMPONENTS"], "managedPrometheus": {"enabled": True}},
        binaryAuthorization={"evaluationMode": "PROJECT_SINGLETON_POLICY_ENFORCE"},
        resourceLabels={"stack": "dev"},
        costManagementConfig={"enabled": True},
    )
    made.append(cluster)
    make(
        "container/nodePool:NodePool",
        name="services",
        cluster=cluster.out("name"),
        location=cluster.inputs["location"],
        autoscaling={"minNodeCount": 1, "maxNodeCount": 3, "locationPolicy": "ANY"},
        management={"autoRepair": True, "autoUpgrade": True},
        upgradeSettings={"maxSurge": 1, "maxUnavailable": 0},
        nodeConfig={
            "machineType": "e2-standard-2",
            "diskType": "pd-balanced",
            "diskSizeGb": 50,
            "spot": True,
            "serviceAccount": nodes.out("email"),
            "oauthScopes": ["https://www.googleapis.com/auth/cloud-platform"],
            "bootDiskKmsKey": keys["disks"].id,
            "shieldedInstanceConfig": {"enableSecureBoot": True, "enableIntegrityMonitoring": True},
            "workloadMetadataConfig": {"mode": "GKE_METADATA"},
            "taints": [{"key": "database", "value": "yes", "effect": "NO_SCHEDULE"}],
            "labels": {"purpose": "services"},
        },
    )
    make(
        "serviceaccount/iAMMember:IAMMember",
        serviceAccountId=nodes.out("name"),
        role="roles/iam.workloadIdentityUser",
        member=f"serviceAccount:{PROJECT}.svc.id.goog[shop/orders]",
    )
    make(
        "gkebackup/backupPlan:BackupPlan",
        name="atm-dev-daily",
        cluster=cluster.id,
        location=REGION,
        backupConfig={
            "allNamespaces": True,
            "includeSecrets": True,
            "includeVolumeData": True,
            "encryptionKey": {"gcpKmsEncryptionKey": keys["backup"].id},
        },
        backupSchedule={"cronSchedule": "0 2 * * *"},
        retentionPolicy={"backupRetainDays": 14, "backupDeleteLockDays": 0},
    )

    pool = make("iam/workloadIdentityPool:WorkloadIdentityPool", workloadIdentityPoolId="bitbucket")
    make(
        "iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
        workloadIdentityPoolId="bitbucket",
        workloadIdentityPoolProviderId="pipelines",
        attributeMapping={
            "google.subject": "assertion.sub",
            "attribute.environment": "assertion.deploymentEnvironmentUuid",
        },
        attributeCondition="attribute.environment == '{1}'",
        oidc={"issuerUri": "https://api.bitbucket.org/2.0/workspaces/w/pipelines-config/identity/oidc"},
    )
    make(
        "serviceaccount/iAMMember:IAMMember",
        serviceAccountId=nodes.out("name"),
        role="roles/iam.workloadIdentityUser",
        member=f"principalSet://iam.googleapis.com/{pool.out('name')}/attribute.environment/{{1}}",
    )

    note = make(
        "containeranalysis/note:Note",
        name="built",
        attestationAuthority={"hint": {"humanReadableName": "Built by the pipeline"}},
    )
    version = gcp.invoke("gcp:kms/getKMSCryptoKeyVersion:getKMSCryptoKeyVersion", cryptoKey=signing.id)
    attestor = make(
        "binaryauthorization/attestor:Attestor",
        name="built",
        attestationAuthorityNote={
            "noteReference": note.out("name"),
            "publicKeys": [
                {
                    "id": version["id"],
                    "pkixPublicKey": {
                        "publicKeyPem": version["publicKeys"][0]["pem"],
                        "signatureAlgorithm": version["publicKeys"][0]["algorithm"],
                    },
                }
            ],
        },
    )
    make(
        "binaryauthorization/policy:Policy",
        defaultAdmissionRule={
            "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
            "evaluationMode": "REQUIRE_ATTESTATION",
            "requireAttestationsBies": [attestor.out("name")],
        },
        globalPolicyEvaluationMode="ENABLE",
    )

    zone = make("dns/managedZone:ManagedZone", name="shop", dnsName="shop.example.com.", dnssecConfig={"state": "on"})
    front = make("compute/globalAddress:GlobalAddress", name="atm-dev-edge")
    make(
        "dns/recordSet:RecordSet",
        managedZone=zone.out("name"),
        name="shop.example.com.",
        type="A",
        ttl=300,
        rrdatas=[front.out("address")],
    )
    authorization = make("certificatemanager/dnsAuthorization:DnsAuthorization", name="shop", domain="shop.example.com")
    record = authorization.out("dnsResourceRecords")[0]
    make(
        "dns/recordSet:RecordSet",
        managedZone=zone.out("name"),
        name=record["name"],
        type=record["type"],
        ttl=300,
        rrdatas=[record["data"]],
    )
    certificate = make(
        "certificatemanager/certificate:Certificate",
        name="shop",
        managed={"domains": ["shop.example.com", "*.shop.example.com"], "dnsAuthorizations": [authorization.id]},
    )
    map_ = make("certificatemanager/certificateMap:CertificateMap", name="shop")
    make(
        "certificatemanager/certificateMapEntry:CertificateMapEntry",
        name="shop",
        map=map_.out("name"),
        hostname="shop.example.com",
        certificates=[certificate.id],
    )
    make(
        "compute/securityPolicy:SecurityPolicy",
        name="atm-dev-armor",
        rules=[
            {
                "action": "deny(403)",
                "priority": 1000,
                "match": {"expr": {"expression": "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})"}},
            },
            {
                "action": "throttle",
                "priority": 2000,
                "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}},
                "rateLimitOptions": {
                    "conformAction": "allow",
                    "exceedAction": "deny(429)",
                    "enforceOnKey": "IP",
                    "rateLimitThreshold": {"count": 600, "intervalSec": 60},
                },
            },
            {
                "action": "allow",
                "priority": 2147483647,
                "match": {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}},
            },
        ],
    )
    make("compute/sSLPolicy:SSLPolicy", name="atm-dev-tls", profile="MODERN", minTlsVersion="TLS_1_2")

    build = make("serviceaccount/account:Account", accountId="atm-dev-build")
    secrets = {}
    for name in ("read", "write", "webhook"):
        secrets[name] = make("secretmanager/secret:Secret", secretId=f"bitbucket-{name}", replication={"auto": {}})
        make("secretmanager/secretVersion:SecretVersion", secret=secrets[name].id, secretData="token")
        make(
            "secretmanager/secretIamMember:SecretIamMember",
            secretId=secrets[name].out("name"),
            role="roles/secretmanager.secretAccessor",
            member=f"serviceAccount:service-{number}@gcp-sa-cloudbuild.iam.gserviceaccount.com",
        )
    versions = {name: f"{secret.id}/versions/latest" for name, secret in secrets.items()}
    connection = make(
        "cloudbuildv2/connection:Connection",
        name="bitbucket",
        location=REGION,
        bitbucketCloudConfig={
            "workspace": "a-workspace",
            "authorizerCredential": {"userTokenSecretVersion": versions["write"]},
            "readAuthorizerCredential": {"userTokenSecretVersion": versions["read"]},
            "webhookSecretSecretVersion": versions["webhook"],
        },
    )
    linked = make(
        "cloudbuildv2/repository:Repository",
        name="shop",
        location=REGION,
        parentConnection=connection.id,
        remoteUri="https://bitbucket.org/a-workspace/shop.git",
    )
    make(
        "cloudbuild/trigger:Trigger",
        name="develop",
        location=REGION,
        repositoryEventConfig={"repository": linked.id, "push": {"branch": "^develop$"}},
        serviceAccount=build.out("name"),
        build={
            "steps": [{"name": "python:3.11", "args": ["make", "test"]}],
            "options": {"logging": "CLOUD_LOGGING_ONLY"},
            "timeout": "1800s",
        },
        approvalConfig={"approvalRequired": False},
        substitutions={"_STACK": "dev"},
    )

    email = make(
        "monitoring/notificationChannel:NotificationChannel",
        type="email",
        displayName="Ana",
        labels={"email_address": "ana@example.com"},
    )
    make(
        "logging/metric:Metric",
        name="atm-dev-errors",
        filter="severity>=ERROR",
        metricDescriptor={
            "metricKind": "DELTA",
            "valueType": "INT64",
            "labels": [{"key": "service", "valueType": "STRING"}],
        },
        labelExtractors={"service": "EXTRACT(resource.labels.container_name)"},
    )
    make(
        "logging/projectBucketConfig:ProjectBucketConfig",
        project=PROJECT,
        location="global",
        bucketId="_Default",
        retentionDays=30,
    )
    make("logging/projectExclusion:ProjectExclusion", name="probes", filter="httpRequest.userAgent=GoogleHC")
    check = make(
        "monitoring/uptimeCheckConfig:UptimeCheckConfig",
        displayName="shop",
        timeout="10s",
        period="60s",
        selectedRegions=["EUROPE", "USA"],
        httpCheck={"path": "/healthz", "port": 443, "useSsl": True, "validateSsl": True},
        monitoredResource={"type": "uptime_url", "labels": {"host": "shop.example.com", "project_id": PROJECT}},
    )
    service = make("monitoring/customService:CustomService", serviceId="orders", displayName="Orders")
    slo = make(
        "monitoring/slo:Slo",
        service=service.out("name").rpartition("/")[2],
        sloId="availability",
        goal=0.995,
        rollingPeriodDays=28,
        requestBasedSli={"goodTotalRatio": {"goodServiceFilter": "a", "totalServiceFilter": "b"}},
    )
    for name, filter_ in (
        ("burn", f'select_slo_burn_rate("{slo.out("name")}", "3600s")'),
        ("errors", 'metric.type="logging.googleapis.com/user/atm-dev-errors" AND resource.type="k8s_container"'),
        (
            "uptime",
            'metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND resource.type="uptime_url" AND '
            f'metric.labels.check_id="{check.out("uptimeCheckId")}"',
        ),
    ):
        make(
            "monitoring/alertPolicy:AlertPolicy",
            displayName=name,
            combiner="OR",
            severity="CRITICAL",
            notificationChannels=[email.out("name")],
            conditions=[
                {
                    "displayName": name,
                    "conditionThreshold": {
                        "filter": filter_,
                        "comparison": "COMPARISON_GT",
                        "thresholdValue": 1,
                        "duration": "0s",
                        "aggregations": [{"alignmentPeriod": "300s", "perSeriesAligner": "ALIGN_DELTA"}],
                    },
                }
            ],
            documentation={"content": "See the runbook.", "mimeType": "text/markdown"},
        )
    make(
        "monitoring/dashboard:Dashboard",
        dashboardJson=(
            '{"displayName": "Shop", "mosaicLayout": {"columns": 48, "tiles": [{"width": 24, "height": 16, "widget": '
            '{"title": "Errors", "xyChart": {"dataSets": []}}}]}}'
        ),
    )

    topic = make("pubsub/topic:Topic", name="atm-dev-budget")
    make("pubsub/subscription:Subscription", name="atm-dev-budget", topic=topic.id, ackDeadlineSeconds=20)
    make(
        "pubsub/topicIAMMember:TopicIAMMember",
        topic=topic.out("name"),
        role="roles/pubsub.publisher",
        member="serviceAccount:billing-budget-alert@system.gserviceaccount.com",
    )
    make(
        "billing/budget:Budget",
        billingAccount=BILLING,
        displayName="atm-dev",
        amount={"specifiedAmount": {"currencyCode": "USD", "units": "150"}},
        budgetFilter={"projects": [f"projects/{number}"], "calendarPeriod": "MONTH"},
        thresholdRules=[{"thresholdPercent": 0.5}, {"thresholdPercent": 1.0, "spendBasis": "FORECASTED_SPEND"}],
        allUpdatesRule={"pubsubTopic": topic.id, "monitoringNotificationChannels": [email.out("name")]},
    )
    bucket = make(
        "storage/bucket:Bucket",
        name="atm-dev-state-4f6a1c",
        location=REGION,
        uniformBucketLevelAccess=True,
        publicAccessPrevention="enforced",
        versioning={"enabled": True},
        lifecycleRules=[{"action": {"type": "Delete"}, "condition": {"numNewerVersions": 30}}],
    )
    make(
        "storage/bucketIAMMember:BucketIAMMember",
        bucket=bucket.out("name"),
        role="roles/storage.objectAdmin",
        member=build.out("member"),
    )
    return made


@pytest.fixture
def whole(gcp: Gcp) -> list[Made]:
    return stack(gcp)


def test_a_second_preview_shows_nothing(gcp: Gcp, whole: list[Made]) -> None:
    shown = {one.id: gcp.changes(one).changes for one in whole}
    assert {id_: changes for id_, changes in shown.items() if changes} == {}


def test_it_is_gone_in_the_reverse_order(gcp: Gcp, whole: list[Made]) -> None:
    for one in reversed(whole):
        gcp.delete(one)
    with gcp.store.transaction() as world:
        left = {one.id for one, _ in world.every() if not one.deleted and one.token.startswith("gcp:")}
    # A key ring and its keys stay, in a project that is gone.
    assert not {id_ for id_ in left if "keyRings" not in id_}


def test_it_has_a_resource_of_nearly_every_table(whole: list[Made]) -> None:
    made = {one.resource.token for one in whole}
    grants = {token for token in tables().kinds if token.endswith(("IAMMember", "IamMember"))}
    missing = set(tables().kinds) - made - grants
    assert {token.rpartition(":")[2] for token in missing} == {
        "BucketObject",
        "CryptoKeyVersion",
        "GenericService",
        "IamMemberRemove",
        "Job",
        "KeyRing",
        "ProjectSink",
        "Service",
    }


def _without(inputs: Any, path: tuple[Any, ...]) -> Any:
    """Inputs in which what is at a path is not known yet."""
    if not path:
        return UNKNOWN
    step, rest = path[0], path[1:]
    if isinstance(inputs, list):
        return [_without(item, rest) if number == step else item for number, item in enumerate(inputs)]
    return {name: _without(item, rest) if name == step else item for name, item in inputs.items()}


def _everywhere(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of everything in some inputs."""
    if path:
        yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in steps:
        yield from _everywhere(item, (*path, step))


def test_what_is_not_known_yet_is_no_mistake(gcp: Gcp, whole: list[Made]) -> None:
    for one in whole:
        inputs = {name: value for name, value in one.inputs.items() if name != DEFAULTS}
        for path in _everywhere(inputs):
            # Neither refused, nor a reason to stumble when it is compared.
            gcp.changes(Made(one.resource, _without(inputs, path)))
