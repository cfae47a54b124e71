"""A real browser, and what it may not do in the shop: fail, complain, or ask anybody else."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Response, sync_playwright

_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium() -> str:
    """The path of Debian's Chromium, which is installed when it is missing; the test fails when it cannot be."""
    if found := shutil.which("chromium"):
        return found
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"]
    for command in (["apt-get", "update"], install):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode != 0:
            pytest.fail(
                f"chromium was not found on PATH, and `{' '.join(command)}` ended with {done.returncode}: "
                f"{done.stderr.strip()[-500:]} A browser is required here. Run as root: {' '.join(install)}"
            )
    return str(shutil.which("chromium"))


@contextmanager
def running() -> Iterator[Browser]:
    """Chromium without a window; gone at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Window:
    """One page, what went wrong in it, and a camera."""

    page: Page
    origin: str
    pictures: Path
    wrong: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen from the first request on."""
        self.page.set_default_timeout(20_000)
        self.page.on("console", lambda said: self.wrong.append(f"console {said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("requestfailed", lambda asked: self.wrong.append(f"failed: {asked.url}: {asked.failure}"))
        self.page.on("response", self._answered)

    def picture(self, name: str) -> None:
        """Keep how the whole page looks; none may be wider than the window, not by one line that sticks out."""
        taken = self.page.screenshot(path=self.pictures / f"{name}.png", full_page=True)
        width = int.from_bytes(taken[16:20], "big")  # PNG, header chunk
        assert self.page.viewport_size is not None
        assert width == self.page.viewport_size["width"], f"{self.page.url} is {width} px wide"

    def _asked(self, asked: Request) -> None:
        if not asked.url.startswith(f"{self.origin}/"):
            self.wrong.append(f"asked somebody else: {asked.url}")

    def _answered(self, answer: Response) -> None:
        self.answers.append(answer.status)
        if answer.status >= 400:
            self.wrong.append(f"{answer.status}: {answer.url}")
