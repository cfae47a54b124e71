"""Service agents: the accounts that Google's services run as in a project, and when each comes to be.

An agent that comes with an `identity` does not exist after its API is enabled: a grant to it before
gcp.projects.ServiceIdentity asked for it is refused, which is how a first run on a new project fails.
Source: cloud.google.com/iam/docs/service-agents; docs.cloud.google.com/iam/docs/create-service-agents.
"""

from typing import Final

from local.gcp.kinds import Agent

ARTIFACT_REGISTRY: Final = "service-{number}@gcp-sa-artifactregistry.iam.gserviceaccount.com"
CLOUD_BUILD: Final = "service-{number}@gcp-sa-cloudbuild.iam.gserviceaccount.com"
COMPUTE: Final = "service-{number}@compute-system.iam.gserviceaccount.com"
GKE: Final = "service-{number}@container-engine-robot.iam.gserviceaccount.com"
GKE_BACKUP: Final = "service-{number}@gcp-sa-gkebackup.iam.gserviceaccount.com"
LOGGING: Final = "service-{number}@gcp-sa-logging.iam.gserviceaccount.com"
PUBSUB: Final = "service-{number}@gcp-sa-pubsub.iam.gserviceaccount.com"
SECRET_MANAGER: Final = "service-{number}@gcp-sa-secretmanager.iam.gserviceaccount.com"
STORAGE: Final = "service-{number}@gs-project-accounts.iam.gserviceaccount.com"


def _agent(api: str, email: str, on: str = "enable") -> Agent:
    return Agent(email=email, api=f"{api}.googleapis.com", on=on)


AGENTS: Final = (
    _agent("artifactregistry", ARTIFACT_REGISTRY, "identity"),
    _agent("binaryauthorization", "service-{number}@gcp-sa-binaryauthorization.iam.gserviceaccount.com"),
    _agent("certificatemanager", "service-{number}@gcp-sa-certificatemanager.iam.gserviceaccount.com"),
    _agent("cloudbuild", CLOUD_BUILD, "identity"),
    _agent("cloudbuild", "{number}@cloudbuild.gserviceaccount.com"),
    _agent("cloudkms", "service-{number}@gcp-sa-cloudkms.iam.gserviceaccount.com"),
    _agent("cloudscheduler", "service-{number}@gcp-sa-cloudscheduler.iam.gserviceaccount.com"),
    _agent("compute", COMPUTE),
    _agent("compute", "{number}-compute@developer.gserviceaccount.com"),
    _agent("compute", "{number}@cloudservices.gserviceaccount.com"),
    _agent("container", GKE),
    _agent("container", "service-{number}@gcp-sa-gkenode.iam.gserviceaccount.com"),
    _agent("containeranalysis", "service-{number}@container-analysis.iam.gserviceaccount.com"),
    _agent("containerscanning", "service-{number}@gcp-sa-containerscanning.iam.gserviceaccount.com"),
    _agent("dns", "service-{number}@gcp-sa-dns.iam.gserviceaccount.com"),
    _agent("gkebackup", GKE_BACKUP),
    _agent("gkehub", "service-{number}@gcp-sa-gkehub.iam.gserviceaccount.com", "identity"),
    _agent("logging", LOGGING),
    _agent("monitoring", "service-{number}@gcp-sa-monitoring-notification.iam.gserviceaccount.com"),
    _agent("pubsub", PUBSUB, "identity"),
    _agent("secretmanager", SECRET_MANAGER, "identity"),
    _agent("storage", STORAGE, "identity"),
)
