"""Where the state of a stack on GCP and its first secrets are: names only, the same in every command that needs them.

Owns: the names of what `make bootstrap` makes (`infra.bootstrap`), among them the address of the backend. They follow
from the settings alone, so that another machine finds the state without being told.

Deliberately not here: Pulumi. Commands ask for these names before the SDK is worth its half second.
"""

from dataclasses import dataclass
from typing import Final

from infra import naming
from infra.naming import Naming
from infra.settings_gcp import GcpSettings

ROOT: Final = "root"
"""Secret with the root of every credential (ADR 0001): 32 random bytes in base64."""
AUTHORIZER: Final = "bitbucket-authorizer"
"""Secret with the access token that registers webhooks and reports on builds."""
READER: Final = "bitbucket-read"
"""Secret with the access token that reads the repository."""
WEBHOOK: Final = "bitbucket-webhook"
"""Secret that Bitbucket signs its calls to Cloud Build with; generated."""
TOKENS: Final = (AUTHORIZER, READER)
"""The secrets whose values a person makes at Bitbucket."""
BITBUCKET: Final = (*TOKENS, WEBHOOK)
BUCKET_KEY: Final = "bucket"
"""Key that encrypts the bucket."""
SECRETS_KEY: Final = "secrets"
"""Key that encrypts the secrets of the state project."""
PULUMI_KEY: Final = "pulumi"
"""Key that encrypts the secret values inside the stack's state: Pulumi's secrets provider."""
BOOTSTRAP_KEY: Final = "bootstrap"
"""The same for the state of `make bootstrap`, which holds the Bitbucket tokens: builds may use PULUMI_KEY, not this."""
KEYS: Final = (BUCKET_KEY, SECRETS_KEY, PULUMI_KEY, BOOTSTRAP_KEY)


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What `make bootstrap` makes for one stack."""

    project: str
    """Id of the state project, e.g. "atm-dev-state-4f6a1c"."""
    location: str
    """Region of bucket, keys and secrets: the stack's own."""
    bucket: str
    """Name of the bucket, which no other bucket in the world may have."""
    ring: str
    """Name of the KMS key ring."""

    @property
    def backend_url(self) -> str:
        """The Pulumi backend, e.g. "gs://atm-dev-state-4f6a1c-pulumi"."""
        return f"gs://{self.bucket}"

    @property
    def secrets_provider(self) -> str:
        """The Pulumi secrets provider. Source: pulumi.com/docs/iac/concepts/secrets (Google Cloud KMS)."""
        return f"gcpkms://{self.key(PULUMI_KEY)}"

    @property
    def bootstrap_secrets_provider(self) -> str:
        """The same for the state of `make bootstrap`."""
        return f"gcpkms://{self.key(BOOTSTRAP_KEY)}"

    def key(self, name: str) -> str:
        """Id of a crypto key of the ring: one of KEYS."""
        return f"projects/{self.project}/locations/{self.location}/keyRings/{self.ring}/cryptoKeys/{name}"

    def secret(self, name: str) -> str:
        """Id of a secret: ROOT or one of BITBUCKET."""
        return f"projects/{self.project}/secrets/{name}"


def of(names: Naming, gcp: GcpSettings) -> State:
    """Where the state of the stack is.

    Raises:
        InvalidNameError: prefix and stack are too long for a project, a bucket or a key ring.
    """
    project = gcp.state.project or names.project(gcp.project.billing_account, "state")
    return State(
        project=project,
        location=gcp.region,
        bucket=naming.check(f"{project}-pulumi", "bucket"),
        ring=names.physical("state", "key-ring"),
    )
