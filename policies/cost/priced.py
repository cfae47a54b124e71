"""Which types are priced, and by what."""

from collections.abc import Mapping
from typing import Final

from policies.cost import network, nodes, operations, storage
from policies.cost.uses import Pricing
from policies.cost.view import CLUSTER, POOL
from policies.pods import DEPLOYMENT, STATEFUL_SET

GOOGLE: Final = "gcp:"
PRICED: Final[Mapping[str, tuple[Pricing, ...]]] = {
    CLUSTER: (nodes.cluster, operations.container_logs),
    POOL: (nodes.pool,),
    "gcp:artifactregistry/repository:Repository": (storage.registry,),
    "gcp:cloudbuild/trigger:Trigger": (operations.builds,),
    "gcp:compute/address:Address": (network.address,),
    "gcp:compute/disk:Disk": (storage.disk,),
    "gcp:compute/globalAddress:GlobalAddress": (network.global_address,),
    "gcp:compute/routerNat:RouterNat": (network.nat,),
    "gcp:compute/securityPolicy:SecurityPolicy": (network.armor,),
    "gcp:dns/managedZone:ManagedZone": (network.zone,),
    "gcp:gkebackup/backupPlan:BackupPlan": (storage.backup,),
    "gcp:kms/cryptoKey:CryptoKey": (operations.key,),
    "gcp:logging/projectBucketConfig:ProjectBucketConfig": (operations.retention,),
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": (operations.uptime,),
    "gcp:pubsub/topic:Topic": (operations.messages,),
    "gcp:secretmanager/secretVersion:SecretVersion": (operations.secret,),
    "gcp:storage/bucket:Bucket": (storage.bucket,),
    operations.SUBNETWORK: (operations.flow_logs,),
    operations.FIREWALL: (operations.firewall_logs,),
    operations.DNS_POLICY: (operations.dns_logs,),
    operations.AUDIT: (operations.audit_logs,),
}
"""Types of Google Cloud."""
IN_GKE: Final[Mapping[str, tuple[Pricing, ...]]] = {
    DEPLOYMENT: (nodes.pods,),
    STATEFUL_SET: (nodes.pods, storage.templates),
    storage.CLAIM: (storage.claim,),
    network.GATEWAY: (network.balancer,),
    network.SERVICE: (network.balancer,),
    "kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshot": (storage.snapshot,),
    "kubernetes:monitoring.googleapis.com/v1:PodMonitoring": (operations.prometheus,),
}
"""Types of Kubernetes, which are paid for where the cluster is GKE."""
