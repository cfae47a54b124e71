"""`GET /products`: requests per second of processor time of the real service, against bare FastAPI routes."""

import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench.harness import Limit, Row, Sample, interleaved, judged, ratios
from bench.processes import cpu_seconds, database, free_port, requests, running

ROUNDS, SECONDS = 7, 3.0
LIMIT = Limit(must=0.7, aim=0.9, unit="x", more=True)


def measure() -> list[Row]:
    """All three servers on one database, one asked at a time."""
    with tempfile.TemporaryDirectory(prefix="a-tu-mano-bench-") as folder, ExitStack() as stack:
        home = Path(folder)
        uri = f"{stack.enter_context(database(home))}/products?replicaSet=secantus"
        ours, bare, metrics = free_port(), free_port(), free_port()
        environment = {
            "STACK": "local", "PORT": str(ours), "METRICS_PORT": str(metrics), "PUBLIC_URL": "http://localhost",
            "AUTH_URL": "http://127.0.0.1:9", "SEED_CATALOGUE": "true", "MONGODB_URI": uri, "SECRETS_DIR": folder,
        }  # fmt: skip
        pid = stack.enter_context(
            running([sys.executable, "-m", "app.products"], ours, home / "products.log", environment)
        )
        uvicorn = [sys.executable, "-m", "uvicorn", "bench.bare:app", f"--port={bare}", "--no-access-log"]
        fast = ["--loop=uvloop", "--http=httptools"]
        other = stack.enter_context(running([*uvicorn, *fast], bare, home / "bare.log", environment))
        asked = [(pid, ours, "/products?limit=20"), (other, bare, "/dict?limit=20"), (other, bare, "/model?limit=20")]
        for _, port, path in asked:
            requests(port, path, SECONDS)
        samples = interleaved(ROUNDS, *(_rate(*each) for each in asked))
    return _rows(*samples)


def _rate(pid: int, port: int, path: str) -> Callable[[], float]:
    def measure() -> float:
        before = cpu_seconds(pid)
        answered = requests(port, path, SECONDS)
        return answered / (cpu_seconds(pid) - before)

    return measure


def _rows(ours: Sample, plain: Sample, modelled: Sample) -> list[Row]:
    how = f"{ROUNDS} interleaved rounds of {SECONDS:g} s, 8 connections, one uvicorn process each (uvloop, httptools)"
    rows = []
    for name, other in (("returns a dictionary", plain), ("has a response model", modelled)):
        ratio = ratios(ours, other)
        measured = f"{ratio}x; {ours} against {other} requests per CPU-second"
        rows.append(
            judged(f"`GET /products` page of 20 against a bare route that {name}", ratio.median, measured, LIMIT, how)
        )
    return rows
