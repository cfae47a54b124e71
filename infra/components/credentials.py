"""Every password and key of a stack, derived from one root secret.

Owns: nothing. It reads the root secret, which is made once before the program runs: a Kubernetes Secret of `make up`,
or a secret of `make bootstrap` in the state project of a stack on GCP. It derives each credential from the root by
HMAC-SHA256 over the credential's name. A credential is thereby the same in every run without a value of its own being
kept anywhere, and all of them are rotated by replacing the root.

Deliberately not here: making the root. A program that makes its own root would lose every password with its state.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import pulumi
from pulumi_kubernetes.core.v1 import Secret

from infra import state
from infra.components import cloud_secret
from infra.components.base import Component
from infra.errors import CredentialError
from infra.naming import logical
from infra.state import State

ROOT_KEY: Final = "root"
_SHORTEST_ROOT: Final = 43  # 32 bytes in base64 without padding


def derive(root: str, name: str) -> str:
    """Credential `name`: 43 characters of urlsafe base64 (256 bits), good as a password in a URI and as a key."""
    digest = hmac.new(root.encode(), name.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def fingerprint(root: str, names: Sequence[str]) -> str:
    """Sixteen hexadecimal digits that change when a credential named in `names` does; says nothing about its value."""
    return hashlib.sha256(derive(root, f"fingerprint:{':'.join(sorted(names))}").encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True, slots=True)
class CredentialsArgs:
    """Inputs of Credentials whose root is in the cluster."""

    namespace: str
    """Namespace of the Secret that holds the root."""
    name: str
    """Name of that Secret; its key is `root`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CloudCredentialsArgs:
    """Inputs of Credentials whose root is in Secret Manager."""

    state: State
    """Where `make bootstrap` put it."""
    stack: str
    """Name of the stack, for the sentence that says what to run."""


class Credentials(Component):
    """Named credentials of a stack.

    `value` and `version` are the interface the other components rely on; where the root is kept is this one's affair.
    """

    TYPE: ClassVar[str] = "a-tu-mano:credentials:Credentials"

    def __init__(
        self,
        name: str,
        args: CredentialsArgs | CloudCredentialsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        if isinstance(args, CloudCredentialsArgs):
            again = f"Add a version of such bytes to {args.state.secret(state.ROOT)}."
            found = cloud_secret.value(args.state, state.ROOT, args.stack)
            self._root = found.apply(lambda text: _told(lambda: checked(text, again)))
        else:
            secret = Secret.get(logical(name, "root"), f"{args.namespace}/{args.name}", opts=self.child())
            self._root = secret.data.apply(lambda data: _told(lambda: root_of(data)))
        self.register_outputs({})

    def value(self, name: str) -> pulumi.Output[str]:
        """Credential `name`; a secret to the engine, encrypted in its state and hidden in its output."""
        return self._root.apply(lambda root: derive(root, name))

    def version(self, names: Sequence[str]) -> pulumi.Output[str]:
        """A public text that changes when one of the credentials does, for what has to restart then."""
        return pulumi.Output.unsecret(self._root.apply(lambda root: fingerprint(root, names)))


def root_of(data: Mapping[str, str] | None) -> str:
    """The root out of the data of its Secret.

    Raises:
        CredentialError: it is not there, or has fewer characters than 32 random bytes in base64.
    """
    if not data or ROOT_KEY not in data:
        msg = f"root secret: has no key {ROOT_KEY}, 32 random bytes in base64 are required there. Run `make up`."
        raise CredentialError(msg)
    return checked(
        base64.b64decode(data[ROOT_KEY]).decode(), "Delete the Secret and run `make up`, which makes a new one."
    )


def checked(text: str, again: str) -> str:
    """A root without what surrounds it.

    Args:
        text: What is kept.
        again: What to do where that is no root.

    Raises:
        CredentialError: It has fewer characters than 32 random bytes in base64.
    """
    root = text.strip()
    if len(root) < _SHORTEST_ROOT:
        msg = f"root secret: has {len(root)} characters, 32 random bytes in base64 are required. {again}"
        raise CredentialError(msg)
    return root


def _told(read: Callable[[], str]) -> str:
    try:
        return read()
    except CredentialError as error:
        # Not known before cluster or cloud was asked; the engine shows a RunError without a traceback.
        raise pulumi.RunError(str(error)) from None
