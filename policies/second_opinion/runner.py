"""Runs in checkov's own environment, never in the project's: `python runner.py FOLDER`.

Reads `request.json` of the folder, judges the repository's files while the caller still captures the stack, waits for a
line on standard input, judges the plan and the manifests in the folder, and writes `answer.json`. One process, so that
checkov is imported once; its own command line would ask its vendor's service for the names of the checks.

request: {"root", "dropped": [ids], "secrets": [...], "dockerfile": [...], "bitbucket_pipelines": [...]}
paths are below root; answer: {framework: {"results": [...], "judged": [...], "asks": {kind: [ids]}}}
What checkov logs, such as a file it passes over, is on standard error.
"""

import gc
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

PLAN, MANIFESTS, REQUEST, ANSWER = "plan.json", "manifests", "request.json", "answer.json"
RUNNERS = {
    "terraform_plan": "checkov.terraform.plan_runner",
    "kubernetes": "checkov.kubernetes.runner",
    "dockerfile": "checkov.dockerfile.runner",
    "bitbucket_pipelines": "checkov.bitbucket_pipelines.runner",
    "secrets": "checkov.secrets.runner",
}
FILES = ("secrets", "dockerfile", "bitbucket_pipelines")
"""Judged before the stack is known."""
REGISTRIES = {
    "terraform_plan": "checkov.terraform.checks.resource.registry.resource_registry",
    "kubernetes": "checkov.kubernetes.checks.resource.registry.registry",
}


def run(framework: str, files: list[str], root: Path, dropped: list[str]) -> dict[str, Any]:
    """What checkov says of files, by its runner for a framework."""
    if not files:
        return {"results": [], "judged": [], "asks": {}}
    runner = importlib.import_module(RUNNERS[framework]).Runner()
    # A comment in a file waives nothing here; it would also be looked for by parsing the file anew for each finding.
    runner.search_for_suppression = lambda **_: None
    asked = importlib.import_module("checkov.runner_filter").RunnerFilter(
        framework=[framework], skip_checks=dropped, show_progress_bar=False, enable_secret_scan_all_files=True
    )
    report = runner.run(root_folder=None, files=[str(root / name) for name in files], runner_filter=asked)
    records = [*report.passed_checks, *report.failed_checks, *report.skipped_checks]
    return {
        "results": [_record(record, root) for record in records],
        "judged": sorted(report.resources or runner.definitions or ()),
        "asks": _asks(framework, dropped),
    }


def _record(record: Any, root: Path) -> dict[str, Any]:
    return {
        "check": record.check_id,
        "result": record.check_result["result"].value,
        "resource": record.resource,
        "file": os.path.relpath(record.file_abs_path, root),
        "line": record.file_line_range[0],
        "keys": [key for key in record.check_result.get("evaluated_keys") or [] if isinstance(key, str)],
        "name": record.check_name,
    }


def _asks(framework: str, dropped: list[str]) -> dict[str, list[str]]:
    """Ids of the checks of each kind of resource."""
    if framework not in REGISTRIES:
        return {}
    module, _, name = REGISTRIES[framework].rpartition(".")
    registry = getattr(importlib.import_module(module), name)
    return {kind: sorted({check.id for check in checks} - {*dropped}) for kind, checks in registry.checks.items()}


def main(folder: Path) -> None:
    """Judge what is asked."""
    gc.disable()  # Nothing of it is garbage: it is all needed until the end, which is soon.
    request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
    for module in RUNNERS.values():
        importlib.import_module(module)
    root, dropped = Path(request["root"]), request["dropped"]
    answer = {framework: run(framework, request[framework], root, dropped) for framework in FILES}
    if not sys.stdin.readline():
        return  # The caller is gone.
    plan = [PLAN] if (folder / PLAN).exists() else []
    manifests = sorted(f"{MANIFESTS}/{file.name}" for file in (folder / MANIFESTS).glob("*.yaml"))
    answer["terraform_plan"] = run("terraform_plan", plan, folder, dropped)
    answer["kubernetes"] = run("kubernetes", manifests, folder, dropped)
    (folder / ANSWER).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
