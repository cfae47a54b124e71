"""Builds the missing programs from the Go modules pinned in go.mod and go.sum, into the cache.

One module holds nearly all (docs/adr/0002-one-go-module.md): Kubernetes, containerd, Envoy Gateway, CoreDNS, the
policy controller and the Pulumi CLI then compile their common libraries once, not once each. Pulumi's Kubernetes
provider wants an older engine library, so it has a module of its own with the same versions of all else.
Standard library only.
"""

import filecmp
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from local.paths import BIN, CACHE, PULUMI_HOME, REPOSITORY
from local.steps import Log, StepFailedError

MODULE = Path(__file__).resolve().parent
LANGUAGE_HOST = MODULE / "language-host"
PROVIDER = MODULE / "provider"
PLUGIN = "pulumi-resource-kubernetes"
GO_REQUIRED = (1, 26)
CLI_REQUIRED = (3, 250, 0)
"""The oldest Pulumi CLI that is used when it is on PATH; the same major version is required."""
DOWNLOAD_SECONDS = 60
"""Longest wait for the plugin's download; without internet it is refused long before."""

DAEMONS = ("kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubelet")
"""What the one program `kubernetes` is, by the name it is called by."""

CLUSTER = {
    "kubernetes": "./cmd/kubernetes",
    "kube-netpol": "./cmd/kube-netpol",
    "coredns": "./cmd/coredns",
    "containerd": "github.com/containerd/containerd/v2/cmd/containerd",
    "containerd-shim-runc-v2": "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2",
    "ctr": "github.com/containerd/containerd/v2/cmd/ctr",
    "envoy-gateway": "github.com/envoyproxy/gateway/cmd/envoy-gateway",
    "metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server",
}
"""Program and Go package of what the one-node cluster runs."""
CLI = {"pulumi": "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"}

_PACKAGES = 5300
"""About how many packages a cold build compiles; only shown."""


def go() -> str:
    """The `go` program.

    Raises:
        StepFailedError: There is none, or it is older than `GO_REQUIRED`.
    """
    required = ".".join(map(str, GO_REQUIRED))
    found = shutil.which("go") or next((p for p in ["/usr/local/go/bin/go"] if Path(p).exists()), None)
    if found is None:
        msg = f"The Go toolchain was not found on PATH; Go {required} or newer is required to build what is missing."
        raise StepFailedError(msg)
    version = subprocess.run([found, "env", "GOVERSION"], capture_output=True, text=True, check=True).stdout.strip()
    numbers = re.match(r"go(\d+)\.(\d+)", version)
    if numbers is None or tuple(map(int, numbers.groups())) < GO_REQUIRED:
        msg = f"{found} is {version}; Go {required} or newer is required."
        raise StepFailedError(msg)
    return found


def cluster(log: Log) -> None:
    """Build what the one-node cluster runs; Envoy Gateway's charts are laid beside it."""
    _build(log, CLUSTER)
    for daemon in DAEMONS:
        _link(BIN / daemon, "kubernetes")
    charts = _module_folder("github.com/envoyproxy/gateway") / "charts"
    _copy_tree(charts, CACHE / "charts")


def cli(log: Log) -> None:
    """Link the `pulumi` on PATH if it fits; otherwise build it, and the host of Python programs beside it."""
    found = shutil.which("pulumi")
    if found is not None and Path(found).parent != BIN:
        version = log.run([found, "version"]).strip().lstrip("v").split("-")[0]
        numbers = tuple(int(number) for number in version.split("."))
        if CLI_REQUIRED <= numbers < (CLI_REQUIRED[0] + 1,):
            log.say(f"{found} {version}")
            for name in ("pulumi", "pulumi-language-python", "pulumi-language-python-exec"):
                (BIN / name).unlink(missing_ok=True)
            BIN.mkdir(parents=True, exist_ok=True)
            _link(BIN / "pulumi", found)
            return
    _build(log, CLI)
    _build(
        log,
        {"pulumi-language-python": "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"},
        LANGUAGE_HOST,
    )
    executor = _module_folder("github.com/pulumi/pulumi/sdk/v3") / "python" / "cmd" / "pulumi-language-python-exec"
    shutil.copyfile(executor, BIN / executor.name)
    (BIN / executor.name).chmod(0o755)


def provider(log: Log) -> None:
    """Install Pulumi's Kubernetes provider as a plugin, in the version that the Python SDK asks for."""
    folder = provider_folder()
    if (folder / PLUGIN).exists() and not (folder / "schema.json").exists():
        log.say("downloaded before")
        return
    if not (folder / PLUGIN).exists():
        try:
            download: list[str | Path] = [
                BIN / "pulumi",
                "plugin",
                "install",
                "resource",
                "kubernetes",
                f"v{provider_version()}",
            ]
            log.run(download, env={"PULUMI_HOME": str(PULUMI_HOME)}, timeout=DOWNLOAD_SECONDS)
        except StepFailedError as error:
            log.say(f"The plugin could not be downloaded ({error}); it is built.")
        else:
            return
    # Not by its own name: found on PATH, the engine would take it from there and warn.
    _build(log, {"kubernetes-provider": "."}, PROVIDER)
    published = _module_folder("github.com/pulumi/pulumi-kubernetes/provider/v4", PROVIDER) / "cmd" / PLUGIN
    folder.mkdir(parents=True, exist_ok=True)
    for source in (published / "schema.json", published / "terraform-mapping.json", BIN / "kubernetes-provider"):
        target = folder / (PLUGIN if source.parent == BIN else source.name)
        if not target.exists() or not filecmp.cmp(source, target, shallow=source.parent == BIN):
            # Put there whole: an engine may be running the one before.
            new = target.with_suffix(".new")
            shutil.copy2(source, new)
            new.rename(target)


def provider_version() -> str:
    """The version of `pulumi-kubernetes` in requirements/dev.in, such as "4.34.2"."""
    requirements = (REPOSITORY / "requirements" / "dev.in").read_text(encoding="utf-8")
    return str(re.findall(r"^pulumi-kubernetes==(\S+)$", requirements, re.MULTILINE)[0])


def provider_folder() -> Path:
    """Where the engine looks for the plugin."""
    return PULUMI_HOME / "plugins" / f"resource-kubernetes-v{provider_version()}"


def _build(log: Log, packages: dict[str, str], module: Path = MODULE) -> None:
    """Build those of `packages` that are not in the cache in this very version, with one call of the Go command."""
    key = _key()
    built = _built()
    missing = {
        name: package for name, package in packages.items() if built.get(name) != key or not (BIN / name).exists()
    }
    if not missing:
        log.say("already built")
        return
    compiled = 0

    def progress(_package: str) -> str:
        nonlocal compiled
        compiled += 1
        return f"{compiled} of about {_PACKAGES} packages" if module == MODULE else f"{compiled} packages"

    BIN.mkdir(parents=True, exist_ok=True)
    output = BIN / f".building-{os.getpid()}"
    output.mkdir(exist_ok=True)
    try:
        log.run(
            [go(), "build", "-v", "-ldflags", _ldflags(module), "-o", f"{output}/", *missing.values()],
            # Without cgo all programs share one build of every package, and run in an image from scratch.
            env={"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOWORK": "off"},
            cwd=module,
            shown=progress,
        )
        for name, package in missing.items():
            # A package that is the module itself is named by the Go command after the module.
            (output / (module.name if package == "." else name)).rename(BIN / name)
    finally:
        shutil.rmtree(output, ignore_errors=True)
    (BIN / "built.json").write_text(json.dumps({**_built(), **dict.fromkeys(missing, key)}, indent=1), encoding="utf-8")


def _key() -> str:
    """What the programs are built from, as a hash."""
    digest = hashlib.sha256()
    for path in sorted(p for p in MODULE.rglob("*") if p.suffix in {".go", ".mod", ".sum"}):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    digest.update((provider_version() + " ".join(map(str, GO_REQUIRED))).encode())
    return digest.hexdigest()[:16]


def _built() -> dict[str, str]:
    try:
        return dict(json.loads((BIN / "built.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _ldflags(module: Path) -> str:
    """Linker flags: no symbols, and the versions that a released binary carries, as pinned in go.mod."""
    pins = {**_pins(MODULE), **_pins(module)}
    versions = {
        "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": pins["github.com/pulumi/pulumi/sdk/v3"],
        "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version": f"v{provider_version()}",
        "k8s.io/component-base/version.gitVersion": pins["k8s.io/kubernetes"],
        "github.com/containerd/containerd/v2/version.Version": pins["github.com/containerd/containerd/v2"],
    }
    return " ".join(["-s", "-w", *(f"-X {name}={version}" for name, version in versions.items())])


def _pins(module: Path) -> dict[str, str]:
    return dict(re.findall(r"^\t(\S+) (v\S+)", (module / "go.mod").read_text(encoding="utf-8"), re.MULTILINE))


def _module_folder(path: str, module: Path = MODULE) -> Path:
    listed = subprocess.run(
        [go(), "mod", "download", "-json", path],
        cwd=module,
        env={**os.environ, "GOFLAGS": "-mod=mod", "GOWORK": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return Path(json.loads(listed.stdout)["Dir"])
    except (ValueError, KeyError) as error:
        msg = f"The Go module {path} could not be downloaded: {listed.stderr.strip() or listed.stdout.strip()}."
        raise StepFailedError(msg) from error


def _link(path: Path, target: str) -> None:
    if not path.is_symlink() or os.readlink(path) != target:
        path.unlink(missing_ok=True)
        path.symlink_to(target)


def _copy_tree(source: Path, target: Path) -> None:
    # The module cache is read-only; the copy must not be, or the next one could not replace it.
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target, copy_function=shutil.copyfile)
    for folder in [target, *(p for p in target.rglob("*") if p.is_dir())]:
        folder.chmod(0o755)
