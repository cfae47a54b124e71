"""Commands on the emulated cloud: `python -m local.gcp COMMAND`; A_TU_MANO_GCP names its folder.

What the engine does not see: a look at the cloud, what exists before a first `up`, changes behind the engine's back,
faults, latency, and what is left after a destroy.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from local.gcp import faults, lifecycle
from local.gcp.cloud import NoCloud, Store, World, key_of
from local.gcp.kinds import BILLING_ACCOUNT, FOLDER, ORGANIZATION, PROJECT, SERVICE, Refused, Resource
from local.gcp.lifecycle import Config, Subject
from local.gcp.schema import load

_NOBODYS: Final = "cloud:"
"""How types begin that no program makes."""


class _Mistake(Exception):
    """What was asked cannot be done; the message is a sentence for the user."""


def _named(resource: Resource, urn: str) -> tuple[str, ...]:
    return (resource.token, resource.id, urn.rpartition("::")[2], urn)


def _chosen(world: World, what: str) -> list[tuple[Resource, str]]:
    """Resources that a word names: a type, an id, a logical name; `*` stands for anything."""
    pattern = re.compile(re.escape(what).replace(r"\*", ".*"))
    every = [pair for pair in world.every() if not pair[0].deleted]
    return [pair for pair in every if any(pattern.fullmatch(name) for name in _named(*pair) if name)]


def _one(world: World, what: str) -> tuple[Resource, str]:
    found = _chosen(world, what)
    if len(found) != 1:
        listed = "".join(f"\n  {one.id}  ({one.token})" for one, _ in found)
        message = f"{what!r} names {len(found)} resources; exactly one is required. Name it by its id.{listed}"
        raise _Mistake(message)
    return found[0]


def _show(store: Store, options: argparse.Namespace) -> int:
    with store.transaction() as world:
        found = _chosen(world, options.what) if options.what else world.every()
    if options.json:
        _print(json.dumps([_described(*pair) for pair in found], indent=1, ensure_ascii=False))
        return 0
    for resource, urn in found:
        state = " (deleted, name taken)" if resource.deleted else " (made by Google)" if resource.owner else ""
        _print(f"{resource.token}  {resource.id}{state}{'  ' + urn.rpartition('::')[2] if urn else ''}")
    return 0


def _described(resource: Resource, urn: str) -> Mapping[str, Any]:
    schema = load(resource.token)
    hidden = schema.secrets if schema is not None else frozenset[str]()
    return {
        "type": resource.token,
        "id": resource.id,
        "project": resource.project,
        "urn": urn,
        "deleted": resource.deleted,
        "madeByGoogle": bool(resource.owner),
        "created": resource.created,
        "state": {name: "[secret]" if name in hidden else value for name, value in resource.outputs.items()},
    }


def _change(store: Store, options: argparse.Namespace) -> int:
    with store.transaction() as world:
        resource, urn = _one(world, options.what)
        for setting in options.settings:
            path, equals, text = setting.partition("=")
            if not equals:
                message = f"{setting!r} is not PATH=VALUE. Write labels.team=mine, or deletionProtection=false."
                raise _Mistake(message)
            value = _value(text)
            asked = path.split(".")[0] in resource.inputs
            changed = _with(resource.outputs, path.split("."), value)
            if path.startswith("labels.") and "effectiveLabels" in changed:
                changed = _with(changed, ["effectiveLabels", path.partition(".")[2]], value)
            inputs = _with(resource.inputs, path.split("."), value) if asked else resource.inputs
            resource = replace(resource, outputs=changed, inputs=inputs)
        world.put(resource, Subject.of(resource.token).kind, urn)
    return 0


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _with(properties: Mapping[str, Any], steps: list[str], value: Any) -> dict[str, Any]:
    """Properties with another value at a path; null takes it away."""
    changed = dict(properties)
    head, *rest = steps
    inside = changed.get(head)
    if rest and isinstance(inside, list):
        position = int(rest[0])
        item = _with(inside[position], rest[1:], value) if rest[1:] else value
        changed[head] = [*inside[:position], item, *inside[position + 1 :]]
    elif rest:
        changed[head] = _with(inside or {}, rest, value)
    elif value is None:
        changed.pop(head, None)
    else:
        changed[head] = value
    return changed


def _delete(store: Store, options: argparse.Namespace) -> int:
    with store.transaction() as world:
        resource, _ = _one(world, options.what)
        world.remove(key_of(resource.token, resource.id))
    return 0


def _found(token: str) -> Callable[[Store, argparse.Namespace], int]:
    def put(store: Store, options: argparse.Namespace) -> int:
        with store.transaction() as world:
            world.note(token, options.id)
        return 0

    return put


def _put(store: Store, options: argparse.Namespace) -> int:
    with store.transaction() as world:
        properties = json.loads(options.properties)
        lifecycle.create(world, Subject.of(options.type), properties, config=Config(attribution=False), urn="")
    return 0


def _project(store: Store, options: argparse.Namespace) -> int:
    parent = {"folderId": options.folder} if options.folder else {"orgId": options.organization or "0"}
    properties = {"projectId": options.id, "name": options.id, "autoCreateNetwork": False, **parent}
    with store.transaction() as world:
        if options.billing:
            world.note(BILLING_ACCOUNT, options.billing)
            properties["billingAccount"] = options.billing
        world.note(*((FOLDER, options.folder) if options.folder else (ORGANIZATION, options.organization or "0")))
        config = Config(attribution=False)
        lifecycle.create(world, Subject.of(PROJECT), properties, config=config, urn="")
        for api in options.api:
            asked = {"project": options.id, "service": api}
            lifecycle.create(world, Subject.of(SERVICE), asked, config=config, urn="")
    return 0


def _quota(store: Store, options: argparse.Namespace) -> int:
    with store.transaction() as world:
        everywhere = [("" if part == faults.ALL else part) for part in (options.project, options.region)]
        world.set_quota(everywhere[0], everywhere[1], options.metric, options.amount)
    return 0


def _fault(store: Store, options: argparse.Namespace) -> int:
    chosen = {name: getattr(options, name) for name in ("what", "call", "nth", "times", "moment", "action", "status")}
    faults.add(store.connection, faults.Fault(**chosen, **({"message": options.message} if options.message else {})))
    return 0


def _latency(store: Store, options: argparse.Namespace) -> int:
    faults.set_latency(store.connection, options.what, options.seconds)
    return 0


def _clear(store: Store, _options: argparse.Namespace) -> int:
    faults.clear(store.connection)
    return 0


def _leftovers(store: Store, options: argparse.Namespace) -> int:
    with store.transaction() as world:
        every = world.every()
    alive = [pair for pair in every if not pair[0].deleted and not pair[0].token.startswith(_NOBODYS)]
    # What a program made, or left when it went; what was there before a program came has no URN and never had one.
    left = [pair for pair in alive if pair[1]]
    kept = [pair for pair in every if pair[0].deleted]
    stays = [pair for pair in alive if not pair[1] and not pair[0].owner]
    if options.json:
        groups = {"left": left, "keptByGoogle": kept, "notOfTheStack": stays}
        _print(json.dumps({name: [_described(*pair) for pair in pairs] for name, pairs in groups.items()}, indent=1))
        return 1 if left else 0
    for title, pairs in (
        ("Left behind", left),
        ("Kept by Google: cannot be deleted, or the name stays taken", kept),
        ("Not a stack's: there before, or let go by one", stays),
    ):
        if pairs:
            _print(f"{title}:")
            for resource, _ in pairs:
                _print(f"  {resource.token}  {resource.id}")
    return 1 if left else 0


def _print(text: str) -> None:
    print(text)  # noqa: T201


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.gcp", description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[Store, argparse.Namespace], int], text: str, *positional: str
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        for one in positional:
            made.add_argument(one)
        return made

    shown = command("show", _show, "What is in the cloud.")
    shown.add_argument("what", nargs="?", help="a type, an id or a logical name; * stands for anything")
    shown.add_argument("--json", action="store_true")
    changed = command("change", _change, "Change a resource behind the engine's back.", "what")
    changed.add_argument("settings", nargs="+", metavar="PATH=VALUE", help="the value as JSON or text; null removes it")
    command("delete", _delete, "Delete a resource behind the engine's back.", "what")
    left = command("leftovers", _leftovers, "What stacks left in the cloud; exit code 1 if there is anything.")
    left.add_argument("--json", action="store_true")

    command("billing-account", _found(BILLING_ACCOUNT), "Put a billing account into the cloud.", "id")
    command("organization", _found(ORGANIZATION), "Put an organization into the cloud.", "id")
    command("folder", _found(FOLDER), "Put a folder into the cloud.", "id")
    project = command("project", _project, "Put a project into the cloud.", "id")
    project.add_argument("--billing", help="its billing account, which is put there, too")
    project.add_argument("--organization", help="number of its organization")
    project.add_argument("--folder", help="number of its folder")
    project.add_argument("--api", action="append", default=[], help="an API to enable: compute.googleapis.com")
    put = command("put", _put, "Put any resource into the cloud.", "type")
    put.add_argument("properties", help="its inputs as a JSON object")
    quota = command("quota", _quota, "Set the limit of a quota; * is every project or region.", "project", "region")
    quota.add_argument("metric", help="CPUS, IN_USE_ADDRESSES, …")
    quota.add_argument("amount", type=float)

    fault = command("fault", _fault, "Let calls about a resource go wrong.", "what")
    fault.add_argument("--call", choices=faults.CALLS, default="any")
    fault.add_argument("--nth", type=int, default=1, help="the first call that goes wrong, counted from now")
    fault.add_argument("--times", type=int, default=1, help="how many calls from there on; 0: all")
    fault.add_argument("--moment", choices=faults.MOMENTS, default="before", help="before or after the cloud acts")
    fault.add_argument("--action", choices=faults.ACTIONS, default="fail")
    fault.add_argument("--status", type=int, default=503)
    fault.add_argument("--message", default="")
    slow = command("latency", _latency, "Let changes take time.", "what")
    slow.add_argument("seconds", type=float)
    command("clear", _clear, "No faults and no latency from now on.")
    return parser


def main(arguments: list[str]) -> int:
    """Run a command; returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        store = Store.from_environment()
    except (NoCloud, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    try:
        return int(options.run(store, options))
    except (_Mistake, Refused, ValueError, IndexError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    finally:
        store.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
