"""`python -m policies.picture`: draws the pictures of the documentation anew, from the committed stacks."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from infra.settings import ROOT
from policies.capture import Capture
from policies.picture import mermaid, svg
from policies.sources.program import capture

STACKS: Final = ("dev", "prod")
PAGE: Final = "docs/picture.md"
_END: Final = "<!-- end -->"


def pictures(captures: Iterable[Capture], page: str) -> Mapping[str, str]:
    """Path in the repository to content: a picture of each stack, and the page with its charts in Mermaid.

    Args:
        captures: The stacks.
        page: The page as it is: what is between `<!-- mermaid: STACK -->` and `<!-- end -->` is replaced.
    """
    found: dict[str, str] = {}
    for stack in captures:
        found[f"docs/pictures/{stack.stack}.svg"] = svg(stack, level="components")
        begin = f"<!-- mermaid: {stack.stack} -->"
        before, mark, rest = page.partition(begin)
        if mark:
            _, _, after = rest.partition(_END)
            page = f"{before}{begin}\n```mermaid\n{mermaid(stack)}```\n{_END}{after}"
    return found | {PAGE: page}


def main() -> int:
    """Write them; returns the exit code."""
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    for name, text in pictures((capture(stack) for stack in STACKS), page).items():
        Path(ROOT, name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
