"""Images made from programs alone, with no registry and no builder: one layer, one entry point.

An archive is an OCI image layout in a tar; the same programs give the same bytes, so an image's tag is its content.
"""

import hashlib
import io
import json
import platform
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.cluster.errors import ClusterError
from local.cluster.paths import Paths

REGISTRY = "a-tu-mano.local"
"""In the names of images that exist on this machine only."""

_NONROOT = 65532


@dataclass(frozen=True)
class Program:
    """An image's content: files by their path inside, and what is started."""

    name: str
    files: Mapping[str, Path]
    entrypoint: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """Changes when a file does; taken from size and time, because the files have hundreds of megabytes."""
        stats = {inside: file.stat() for inside, file in sorted(self.files.items())}
        facts = [[inside, stat.st_size, stat.st_mtime_ns] for inside, stat in stats.items()]
        return hashlib.sha256(json.dumps([facts, self.entrypoint]).encode()).hexdigest()[:16]

    @property
    def reference(self) -> str:
        """The image's name and tag."""
        return f"{REGISTRY}/{self.name}:{self.fingerprint}"


def shared_libraries(program: Path) -> dict[str, Path]:
    """Map the path inside an image to the host's file, for each library a program is linked with; none if static."""
    run = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False)
    words = [word for line in run.stdout.splitlines() for word in line.split()]
    return {word: Path(word).resolve() for word in words if word.startswith("/") and Path(word).exists()}


def _entry(name: str, size: int, mode: int, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.type = size, mode, kind
    return entry


def _layer(program: Program, target: Path) -> None:
    directories = {str(parent) for inside in program.files for parent in Path(inside.lstrip("/")).parents} - {"."}
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as layer:
        for directory in sorted(directories | {"tmp"}):
            layer.addfile(_entry(directory, 0, 0o1777 if directory == "tmp" else 0o755, tarfile.DIRTYPE))
        for inside, file in sorted(program.files.items()):
            with file.open("rb") as content:
                layer.addfile(_entry(inside.lstrip("/"), file.stat().st_size, 0o755), content)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _blob(kind: str, value: object) -> tuple[dict[str, object], bytes]:
    """Render a JSON blob of an image; returns its descriptor and its bytes."""
    content = json.dumps(value, sort_keys=True).encode()
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    media_type = f"application/vnd.oci.image.{kind}.v1+json"
    return {"mediaType": media_type, "digest": digest, "size": len(content)}, content


def _documents(program: Program, layer: dict[str, object]) -> dict[str, bytes]:
    """Render the small files of an OCI image layout with this one layer, by their path in it."""
    config = {"Entrypoint": list(program.entrypoint), "User": f"{_NONROOT}:{_NONROOT}", "Env": ["PATH=/usr/local/bin"]}
    rootfs = {"type": "layers", "diff_ids": [layer["digest"]]}
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    image, image_bytes = _blob("config", {"architecture": machine, "os": "linux", "config": config, "rootfs": rootfs})
    manifest, manifest_bytes = _blob("manifest", {"schemaVersion": 2, "config": image, "layers": [layer]})
    names = {"io.containerd.image.name": program.reference, "org.opencontainers.image.ref.name": program.fingerprint}
    index = {"schemaVersion": 2, "manifests": [{**manifest, "annotations": names}]}
    return {
        "oci-layout": b'{"imageLayoutVersion": "1.0.0"}',
        "index.json": json.dumps(index).encode(),
        _blob_path(image): image_bytes,
        _blob_path(manifest): manifest_bytes,
    }


def _blob_path(descriptor: dict[str, object]) -> str:
    return f"blobs/{descriptor['digest']}".replace(":", "/")


def make_archive(program: Program, directory: Path) -> Path:
    """Write the image's archive into a directory; returns its path."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    archive = directory / f"{program.name}.tar"
    layer_file = directory / f"{program.name}.layer"
    _layer(program, layer_file)
    layer: dict[str, object] = {
        "mediaType": "application/vnd.oci.image.layer.v1.tar",
        "digest": f"sha256:{_digest(layer_file)}",
        "size": layer_file.stat().st_size,
    }
    with tarfile.open(archive, "w") as output, layer_file.open("rb") as layer_bytes:
        for name, content in _documents(program, layer).items():
            output.addfile(_entry(name, len(content), 0o644), io.BytesIO(content))
        output.addfile(_entry(_blob_path(layer), layer_file.stat().st_size, 0o644), layer_bytes)
    layer_file.unlink()
    return archive


def _ctr(paths: Paths, *arguments: str) -> str:
    command = [paths.program("ctr"), "--address", str(paths.containerd_socket), "--namespace", "k8s.io", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        message = f"`{' '.join(command[5:])}` failed: {run.stderr.strip()}. Is the cluster up (`make up`)?"
        raise ClusterError(message)
    return run.stdout


def loaded(paths: Paths) -> set[str]:
    """List the names of the images the node has.

    Raises:
        ClusterError: containerd does not answer.
    """
    return set(_ctr(paths, "images", "ls", "-q").split())


def load_image(archive: Path, paths: Paths | None = None) -> None:
    """Give the node the images of an archive (an OCI layout in a tar, or what `docker save` writes).

    Raises:
        ClusterError: the archive is unusable or the cluster isn't up.
    """
    _ctr(paths or Paths.from_environment(), "images", "import", str(archive))
