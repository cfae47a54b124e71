"""What the policy pack adds to `pulumi preview --stack prod`: the same preview with it and without, in turns."""

import json
from pathlib import Path
from typing import Final

from bench import cloud
from bench.cloud import STACK
from bench.harness import Limit, Row, Sample, interleaved, judged, ratios
from bench.usage import Usage
from local.gate import PACK
from policies.rules import RULES

ROUNDS: Final = 7
SHARE: Final = Limit(must=25, aim=10, unit=" %")


def measure() -> list[Row]:
    """Preview in turns. Violations are advice here, so that both previews come to the same end."""
    with cloud.place() as where:
        bare = where.ours(STACK, cloud.settings())
        config = where.home / "policies.json"
        held = where.with_arguments(STACK, *_pack(config))
        seen: list[Usage] = []

        def gated() -> float:
            seen.append(held())
            return seen[-1].seconds

        for warm in (bare, gated):
            warm()
        seen.clear()
        without, with_ = interleaved(ROUNDS, lambda: bare().seconds, gated)
    share = Sample([100 * (ratio - 1) for ratio in ratios(with_, without).values])
    pack = Sample([each.kinds["policy pack"].cpu for each in seen])
    memory = Sample([each.kinds["policy pack"].memory for each in seen]).median
    measured = f"{share} %; {with_} s against {without} s; the pack itself {pack} s of CPU, {memory:.0f} MiB"
    how = f"{ROUNDS} interleaved rounds from an empty state; {len(RULES)} rules"
    return [judged(f"CrossGuard's share of `pulumi preview --stack {STACK}`", share.median, measured, SHARE, how)]


def _pack(config: Path) -> list[str]:
    config.write_text(json.dumps({"version": 2, "policies": {"all": "advisory"}}), encoding="utf-8")
    return ["--policy-pack", str(PACK), "--policy-pack-config", str(config)]
