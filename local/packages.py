"""The Debian packages that the cluster and the images need; installs those that are missing. Standard library only."""

import os
import shutil
import subprocess

from local.steps import Log, StepFailedError

PROGRAMS = {
    "buildah": "buildah",
    "catatonit": "catatonit",
    "conntrack": "conntrack",
    "etcd": "etcd-server",
    "ip": "iproute2",
    "ipset": "ipset",
    "iptables": "iptables",
    "nft": "nftables",
    "runc": "runc",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
}
"""What each package is needed for, by a program it brings."""


def missing() -> list[str]:
    """Names of the packages whose program is not on this machine."""
    return sorted(package for program, package in PROGRAMS.items() if shutil.which(program) is None)


def install(log: Log) -> None:
    """Install what is missing.

    Raises:
        StepFailedError: This is not a Debian, or not root.
    """
    packages = missing()
    if not packages:
        log.say("all there")
        return
    command = f"apt-get install --no-install-recommends {' '.join(packages)}"
    if shutil.which("apt-get") is None:
        msg = f"This machine lacks Debian's {', '.join(packages)} and has no apt-get. Install what they bring yourself."
        raise StepFailedError(msg)
    if os.geteuid() != 0:
        msg = f"This machine lacks {', '.join(packages)}, and only root may install them. Run as root: {command}"
        raise StepFailedError(msg)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    known = subprocess.run(["apt-cache", "show", *packages], capture_output=True, check=False).returncode == 0
    if not known:
        log.run(["apt-get", "update"], env=quiet)
    log.run(["apt-get", "install", "--yes", "--no-install-recommends", *packages], env=quiet)
