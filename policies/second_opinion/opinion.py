"""One run of checkov: started before the stack is captured, so that its import and the files are done meanwhile."""

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from local.paths import REPOSITORY
from policies.capture import Capture
from policies.model import Verdicts
from policies.second_opinion import catalogue, environment, repository, runner
from policies.second_opinion.completeness import Given
from policies.second_opinion.errors import OpinionError
from policies.second_opinion.objects import KubernetesObject, objects, write
from policies.second_opinion.plan import Plan, plan
from policies.second_opinion.verdicts import verdicts

_SECONDS: Final = 600
"""After which checkov is given up."""
_ENVIRONMENT: Final = {
    # Or it would ask its vendor's service how its checks are called there.
    "BC_SKIP_MAPPING": "TRUE",
    # A property that is not known yet is there.
    "EVAL_TF_PLAN_AFTER_UNKNOWN": "TRUE",
    # Or a file of more than 5 MB would be passed over without a word.
    "CHECKOV_MAX_FILE_SIZE": "0",
}


class Opinion:
    """checkov at work.

    Use: `with Opinion() as opinion:`, capture the stack, then `opinion.of(capture)`, once.
    """

    def __init__(self, root: Path = REPOSITORY) -> None:
        """Start it on the files of a checkout; what takes long the first time (its environment) is told.

        Raises:
            OpinionError: Its environment can't be made, or the folder is no checkout.
        """
        python = environment.ensure()
        self._files = repository.tracked(root)
        self._known = repository.known(self._files)
        self._asked = [path for path in self._files.paths if path not in self._known]
        self._folder = tempfile.TemporaryDirectory(prefix="a-tu-mano-opinion-")
        self._place = Path(self._folder.name)
        request = {
            "root": str(root),
            "dropped": [*catalogue.dropped()],
            "secrets": self._asked,
            "dockerfile": self._files.dockerfiles,
            "bitbucket_pipelines": self._files.pipelines,
        }
        (self._place / runner.REQUEST).write_text(json.dumps(request), encoding="utf-8")
        with (self._place / "said").open("w", encoding="utf-8") as said:
            self._process = subprocess.Popen(
                [python, "-I", runner.__file__, self._place],
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=subprocess.STDOUT,
                env={"PATH": os.defpath, "HOME": str(self._place), "LANG": "C.UTF-8", **_ENVIRONMENT},
                cwd=self._place,
                start_new_session=True,
            )

    def __enter__(self) -> "Opinion":
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.close()

    def of(self, capture: Capture) -> Verdicts:
        """What checkov says of the stack and the files.

        Raises:
            OpinionError: It failed, passed something over, or fired a check that the catalogue does not know.
        """
        planned, manifests = hand_over(capture, self._place)
        answer = self._answer()
        secrets = answer["secrets"]["results"]
        repository.keep(self._files, secrets, self._asked)
        answer["secrets"]["results"] = [*secrets, *(one for found in self._known.values() for one in found)]
        given = Given(capture=capture, plan=planned, objects=manifests, files=self._files)
        return verdicts(answer, given)

    def close(self) -> None:
        """End it, whatever it does."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()
        self._folder.cleanup()

    def _answer(self) -> dict[str, Any]:
        try:
            self._process.communicate(b"judge\n", timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            msg = (
                f"checkov has not ended after {_SECONDS} s. Run the same command again on a machine that is less busy."
            )
            raise OpinionError(msg) from None
        said = (self._place / "said").read_text(encoding="utf-8", errors="replace").strip()
        answer = self._place / runner.ANSWER
        if self._process.returncode or said or not answer.exists():
            last = said[-2000:] or f"nothing, and ended with {self._process.returncode}"
            msg = (
                "checkov did not judge all it was given. Of what it passed over nothing is known, so there is no second"
                f" opinion. It said: {last}"
            )
            raise OpinionError(msg)
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return found


def hand_over(capture: Capture, folder: Path) -> tuple[Plan, Mapping[str, KubernetesObject]]:
    """Write a stack as checkov reads it, which its own command line does too: `plan.json` and `manifests/*.yaml`.

    Raises:
        OpinionError: A type of resource is not in the table of Terraform's types.
    """
    planned, manifests = plan(capture), objects(capture)
    if planned.planned:
        # Indented, because checkov numbers lines.
        (folder / runner.PLAN).write_text(json.dumps(planned.document, indent=1), encoding="utf-8")
    write(manifests, folder / runner.MANIFESTS)
    return planned, manifests
