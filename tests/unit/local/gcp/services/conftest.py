import shutil
from pathlib import Path

import pytest

from tests.unit.local.gcp.services.emulated import Gcp


@pytest.fixture
def gcp(tmp_path: Path) -> Gcp:
    """A cloud with nothing in it but a billing account."""
    return Gcp(tmp_path / "gcp")


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a cloud with one project, in which every API is enabled."""
    folder = tmp_path_factory.mktemp("gcp")
    gcp = Gcp(folder)
    gcp.project()
    gcp.store.close()
    return folder


@pytest.fixture
def project(begun: Path, tmp_path: Path) -> Gcp:
    """A cloud of one's own with that project."""
    return Gcp(shutil.copytree(begun, tmp_path / "gcp"))
