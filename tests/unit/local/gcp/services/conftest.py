from pathlib import Path

import pytest

from tests.unit.local.gcp.services.emulated import Gcp


@pytest.fixture
def gcp(tmp_path: Path) -> Gcp:
    """A cloud with nothing in it but a billing account."""
    return Gcp(tmp_path / "gcp")


@pytest.fixture
def project(gcp: Gcp) -> Gcp:
    """A cloud with one project, in which every API is enabled."""
    gcp.project()
    return gcp
