"""Where a capture comes from: the program alone (`program`), or what the engine planned or keeps (`engine`)."""

import json
from pathlib import Path

from policies.capture import Capture, CaptureError, load
from policies.sources import engine


def of_stack(file: Path, stack: str) -> Capture:
    """The capture of a stack in a file, as `read` finds it.

    Raises:
        CaptureError: The file holds none, or one of another stack.
    """
    found = read(file)
    if found.stack != stack:
        msg = f"{file} is of the stack {found.stack!r}; one of {stack!r} is required. Name another file."
        raise CaptureError(msg)
    return found


def read(file: Path) -> Capture:
    """The capture in a file: one of the documented form, a report, a preview's JSON or an exported state.

    Raises:
        CaptureError: The file is none of them.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"{file} can't be read ({error.strerror}); a file is required."
        raise CaptureError(msg) from None
    except ValueError:
        document = None
    match document:
        case {"capture": dict() as inside}:
            return load(inside, str(file))
        case {"format": _}:
            return load(document, str(file))
        case {"steps": _}:
            return engine.from_preview(document)
        case {"deployment": _}:
            return engine.from_state(document)
        case _:
            msg = (
                f"{file} is no capture; a report.json, a capture, or what `pulumi preview --json --show-sames` or "
                "`pulumi stack export` printed is required."
            )
            raise CaptureError(msg)
