"""Builds the images of a stack and gives them to its cluster: `python -m local.images`; with `build` it only builds.

An image's tag is a hash of what goes into it, so what has not changed is neither built nor sent again. The bases are
made from Debian's packages, without an image registry: one with Python alone, one with pip too, in which a lock's
packages are installed. What images of one lock share is an image, too: buildah would read all of it for each again.

How an image reaches the cluster is `IMAGES_TO`:

| value | way |
|---|---|
| `node` (default) | into the containerd of the project's own cluster |
| `kind:NAME`, `minikube:PROFILE` | by that tool's own image load |
| `registry:HOST/PATH` | pushed to a registry; the references name it, by digest |
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import settings_file
from local.paths import CACHE, IMAGES, REPOSITORY, private
from local.workspace import StackError

PREFIX = "localhost/a-tu-mano"

_PYTHON = [
    "base-files",
    "ca-certificates",
    "libbz2-1.0",
    "libc6",
    "libexpat1",
    "libffi8",
    "libgcc-s1",
    "liblzma5",
    "libpython3.11-minimal",
    "libpython3.11-stdlib",
    "libsqlite3-0",
    "libssl3",
    "libstdc++6",
    "libuuid1",
    "media-types",
    "netbase",
    "python3.11-minimal",
    "tzdata",
    "zlib1g",
]
"""Debian packages of the base that services run in: Python and what its standard library is linked with."""
_PIP = [
    "python3-distutils",
    "python3-lib2to3",
    "python3-pip",
    "python3-pkg-resources",
    "python3-setuptools",
    "python3-wheel",
]
_MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
_UNUSED = ("usr/share/doc", "usr/share/man", "usr/share/lintian", "usr/share/bug", "usr/share/gdb", "usr/share/gcc")


class ImageError(StackError):
    """An image could not be built or delivered; the message is a sentence for the user."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """One image: its Dockerfile with a stage `base`, the lock that goes into that, and the files that make the rest."""

    name: str
    dockerfile: str
    lock: str
    inputs: tuple[str, ...]

    def tag(self, base: str) -> str:
        """A hash of everything the image is made from, `base` being that of the bases."""
        return _hash(base, self.dockerfile, self.lock, *self.inputs)

    def base(self, base: str) -> str:
        """Reference of the stage `base`, which all images of this Dockerfile and lock share."""
        return f"{PREFIX}/base:{_hash(base, self.dockerfile, self.lock)}"


def service_image(name: str) -> Image:
    """The image of the service `name`."""
    inputs = ("app/__init__.py", "app/__main__.py", "app/shared", f"app/{name}")
    return Image(name=name, dockerfile="app/Dockerfile", lock="requirements/app.lock", inputs=inputs)


DATABASE = Image(
    name="database",
    dockerfile="local/database/Dockerfile",
    lock="requirements/database.lock",
    inputs=("local/database/image",),
)


def images_of_the_stack(stack: str = "local") -> list[Image]:
    """The image of every service that the stack's settings name, and of the database.

    Raises:
        ImageError: A service has no folder in app/.
    """
    where = settings_file.name_of(stack)
    settings: dict[str, Any] = settings_file.read(REPOSITORY / where, where)
    services: list[str] = list(settings["a-tu-mano:services"])
    for name in services:
        if not (REPOSITORY / "app" / name).is_dir():
            msg = (
                f"{where} names the service {name!r}, but there is no folder app/{name} to make its image from. Add it."
            )
            raise ImageError(msg)
    return [*map(service_image, services), DATABASE]


def bases(known: set[str]) -> str:
    """Make the two base images if they are not `known`; returns the tag they have.

    Raises:
        ImageError: A Debian package could not be downloaded.
    """
    tag = hashlib.sha256(" ".join([*_PYTHON, *_PIP, *_UNUSED]).encode()).hexdigest()[:16]
    if known.issuperset(f"{PREFIX}/{name}:{tag}" for name in ("runtime", "builder")):
        return tag
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-") as work:
        root = Path(work, "root")
        _unpack(_PYTHON, root)
        for name in _UNUSED:
            shutil.rmtree(root / name, ignore_errors=True)
        for name in ("python", "python3"):
            (root / "usr" / "bin" / name).symlink_to("python3.11")
        _certificates(root)
        (root / "tmp").chmod(0o1777)
        _commit(root, f"{PREFIX}/runtime:{tag}")
        _unpack(_PIP, root)
        _commit(root, f"{PREFIX}/builder:{tag}")
    return tag


def build(image: Image, base: str, known: set[str]) -> str:
    """Build `image` unless it is `known` with this content; returns its reference, which is known from then on.

    Raises:
        ImageError: buildah failed; the message has its last lines.
    """
    tag = image.tag(base)
    reference, shared = f"{PREFIX}/{image.name}:{tag}", image.base(base)
    if reference in known:
        return reference
    if shared not in known:
        _say(f"installing the packages of {image.lock}")
        _build(image.dockerfile, base, shared, "--target=base")
    _say(f"building {image.name}:{tag}")
    arguments = (f"--build-arg=SERVICE={image.name}", f"--build-arg=VERSION={tag}")
    _build(image.dockerfile, base, reference, f"--build-context=base=container-image://{shared}", *arguments)
    known |= {reference, shared}
    return reference


def _build(dockerfile: str, base: str, reference: str, *options: str) -> None:
    arguments = {
        "BUILDER": f"{PREFIX}/builder:{base}",
        "RUNTIME": f"{PREFIX}/runtime:{base}",
        # The packages come from where this machine's pip gets them, with the authorities it trusts.
        **{name: os.environ[name] for name in ("PIP_INDEX_URL",) if name in os.environ},
        "PIP_CERT": "/etc/ssl/certs/ca-certificates.crt",
    }
    _buildah(
        "build", "--quiet", "--layers", "--isolation=chroot", "--network=host", "--pull=never",
        "--volume=/etc/ssl/certs:/etc/ssl/certs:ro", "--ignorefile=/dev/null",
        f"--file={dockerfile}", f"--tag={reference}",
        *(f"--build-arg={name}={value}" for name, value in arguments.items()), *options, ".",
    )  # fmt: skip


def deliver(references: dict[str, str], to: str) -> dict[str, str]:
    """Give the images to the cluster; returns the references under which it has them.

    Raises:
        ImageError: `to` is not one of the ways, or the way failed.
    """
    way, _, where = to.partition(":")
    if way == "node":
        return _to_node(references)
    if way == "registry" and where:
        return _to_registry(references, where)
    loaders = {
        "kind": ["kind", "load", "image-archive", "--name"],
        "minikube": ["minikube", "image", "load", "--profile"],
    }
    if way not in loaders or not where:
        msg = f"IMAGES_TO is {to!r}; one of node, kind:NAME, minikube:PROFILE, registry:HOST/PATH is required."
        raise ImageError(msg)
    delivered = CACHE / f"delivered-{hashlib.sha256(to.encode()).hexdigest()[:8]}.json"
    known = json.loads(delivered.read_text(encoding="utf-8")) if delivered.exists() else {}
    for name, reference in references.items():
        if known.get(name) != reference:
            with _archive(reference) as archive:
                _run([*loaders[way], where, archive])
    delivered.write_text(json.dumps(references), encoding="utf-8")
    return references


def build_all(stack: str = "local") -> dict[str, str]:
    """Build every image of a stack; returns the reference of each by its name."""
    known = set(_buildah("images", "--format={{.Name}}:{{.Tag}}").split())
    base = bases(known)
    return {image.name: build(image, base, known) for image in images_of_the_stack(stack)}


def make(to: str, stack: str = "local", file: Path = IMAGES) -> dict[str, str]:
    """Build and deliver every image of a stack, and write the file of references that the program reads."""
    references = deliver(build_all(stack), to)
    _write(references, file)
    return references


def _write(references: dict[str, str], file: Path) -> None:
    private(file.parent)
    text = json.dumps(references, indent=1)
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def _to_node(references: dict[str, str]) -> dict[str, str]:
    # Only this way needs the cluster's own package, which needs the environment.
    from local.cluster.images import load_image, loaded  # noqa: PLC0415
    from local.cluster.paths import Paths  # noqa: PLC0415

    present = loaded(Paths.from_environment())
    for name, reference in references.items():
        if reference not in present:
            _say(f"loading {name}")
            with _archive(reference) as archive:
                load_image(archive)
    return references


@contextmanager
def _archive(reference: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-") as folder:
        archive = Path(folder, "image.tar")
        _buildah("push", "--quiet", reference, f"docker-archive:{archive}:{reference}")
        yield archive


def _to_registry(references: dict[str, str], registry: str) -> dict[str, str]:
    host, _, path = registry.partition("/")
    if not host.endswith("-docker.pkg.dev"):
        return {name: _push(reference, registry) for name, reference in references.items()}
    # Artifact Registry is entered with this machine's Google credentials, as the engine enters Google's APIs.
    token = _google_token()
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-") as folder:
        file = Path(folder, "auth.json")
        entry = base64.b64encode(f"oauth2accesstoken:{token}".encode()).decode()
        file.touch(mode=0o600)
        file.write_text(json.dumps({"auths": {host: {"auth": entry}}}), encoding="utf-8")
        return {
            name: _known(reference, host, path, token) or _push(reference, registry, f"--authfile={file}")
            for name, reference in references.items()
        }


def _google_token() -> str:
    # Two things that only this way needs, and that `make up` on this machine need not have.
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415

    from infra.gke_credential import credential  # noqa: PLC0415

    try:
        status = credential("")["status"]
    except GoogleAuthError as error:
        why = " ".join(str(error).split())
        msg = f"The registry can't be entered: {why} Run `gcloud auth application-default login`."
        raise ImageError(msg) from None
    return str(dict(status)["token"]) if isinstance(status, dict) else ""


def _known(reference: str, host: str, path: str, token: str) -> str | None:
    """The image by digest, if the registry has it: a tag there never moves, and a second build has another digest."""
    import httpx  # noqa: PLC0415 - as in `_google_token`

    name, _, tag = reference.removeprefix(PREFIX + "/").partition(":")
    # Another answer is the push's to explain.
    answer = httpx.head(
        f"https://{host}/v2/{path}/{name}/manifests/{tag}",
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": ", ".join(_MANIFESTS),
        },
    )
    digest = answer.headers.get("Docker-Content-Digest")
    return f"{host}/{path}/{name}@{digest}" if answer.status_code == httpx.codes.OK and digest else None


def _push(reference: str, registry: str, *options: str) -> str:
    name = reference.removeprefix(PREFIX + "/")
    with tempfile.NamedTemporaryFile(prefix="a-tu-mano-") as digest:
        target = f"docker://{registry}/{name}"
        _buildah("push", "--quiet", *options, f"--digestfile={digest.name}", reference, target)
        return f"{registry}/{name.partition(':')[0]}@{Path(digest.name).read_text(encoding='utf-8').strip()}"


def _unpack(packages: Iterable[str], root: Path) -> None:
    _say("downloading Debian packages of the base")
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-") as downloads:
        download: list[str | Path] = ["apt-get", "-o", "APT::Sandbox::User=root", "-qq", "download", *packages]
        try:
            _run(download, cwd=Path(downloads))
        except ImageError:
            # The machine's lists of packages may be missing or old.
            _run(["apt-get", "update", "-qq"])
            _run(download, cwd=Path(downloads))
        for package in sorted(Path(downloads).glob("*.deb")):
            _run(["dpkg-deb", "--extract", package, root])


def _certificates(root: Path) -> None:
    """Join the authorities' certificates, as the package's own script would after an installation."""
    certificates = sorted((root / "usr/share/ca-certificates").rglob("*.crt"))
    folder = root / "etc/ssl/certs"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ca-certificates.crt").write_bytes(b"".join(path.read_bytes() for path in certificates))


def _commit(root: Path, reference: str) -> None:
    container = _buildah("from", "scratch").strip()
    try:
        _buildah("add", "--quiet", container, str(root), "/")
        _buildah("commit", "--quiet", container, reference)
    finally:
        _buildah("rm", container)


def _storage() -> list[str]:
    if shutil.which("buildah") is None:
        msg = (
            "buildah was not found on PATH; it is required to build images. Run `make up`, or apt-get install buildah."
        )
        raise ImageError(msg)
    storage = CACHE / "images"
    return ["buildah", f"--root={storage}/root", f"--runroot={storage}/run", "--storage-driver=overlay"]


def _buildah(*arguments: str) -> str:
    return _run([*_storage(), *arguments])


def _run(command: list[str | Path], cwd: Path = REPOSITORY) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip())[-3000:]
        msg = f"`{' '.join(str(word) for word in command if not str(word).startswith('--'))}` failed:\n{said}"
        raise ImageError(msg)
    return done.stdout


def _hash(base: str, *inputs: str) -> str:
    digest = hashlib.sha256(base.encode())
    for path in sorted(_files(REPOSITORY / name for name in inputs)):
        digest.update(str(path.relative_to(REPOSITORY)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_file():
            yield path
        else:
            yield from (p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["build"]:
            build_all()
        else:
            make(os.environ.get("IMAGES_TO") or "node")
    except ImageError as error:
        sys.exit(f"{error}")
