"""Settings: each mistake is one sentence, whoever reads the file, and nothing passes unread."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from pydantic import ValidationError

from infra import settings_checks
from infra.errors import SettingsError
from infra.settings import ROOT, load, load_file, load_settings
from infra.settings_models import StackSettings
from tests.unit.infra.recorder import local_values, rehearsed_values

FILE = "stacks/Pulumi.local.yaml"
KEY = "a-tu-mano"
Values = dict[str, Any]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "stacks").mkdir()
    return tmp_path


def write(root: Path, values: Values, **more: object) -> None:
    config = {f"{KEY}:{name}": value for name, value in values.items()} | more
    (root / FILE).write_text(yaml.safe_dump({"config": config}, sort_keys=False), encoding="utf-8")


def mistakes(root: Path, values: Values, **more: object) -> list[str]:
    write(root, values, **more)
    with pytest.raises(SettingsError) as raised:
        load_settings("local", root=root)
    return str(raised.value).splitlines()


def put(*path: str) -> Callable[[object], Callable[[Values], None]]:
    def with_value(value: object) -> Callable[[Values], None]:
        def change(values: Values) -> None:
            parent(values, path)[path[-1]] = value

        return change

    return with_value


def parent(values: Values, path: tuple[str, ...]) -> Values:
    for part in path[:-1]:
        values = values[part]
    return values


def drop(*path: str) -> Callable[[Values], object]:
    return lambda values: parent(values, path).pop(path[-1])


QUANTITY = 'a Kubernetes quantity is required. Write an amount with a unit such as "50m", "128Mi" or "1Gi".'
SERVICE = (
    "a service name: a lower-case DNS label of at most 63 characters is required. "
    "Use letters, digits and dashes, starting with a letter."
)
CASES: dict[str, tuple[Callable[[Values], object], str]] = {
    "unknown key": (
        put("services", "orders", "prot")(8080),
        "services.orders.prot is not a setting, one of path, page, port, metricsPort, replicas, resources, database, "
        'calls, secrets, environment is required. Did you mean "port"?',
    ),
    "unknown key with nothing near": (
        put("edge", "xyz")(1),
        "edge.xyz is not a setting, one of gatewayClass, url, port, proxies, proxyRanges is required. Remove it.",
    ),
    "unknown section": (
        put("service")({}),
        "service is not a setting, one of prefix, gcp, kubernetes, namespaces, credentials, edge, database, images, "
        'services is required. Did you mean "services"?',
    ),
    "port that is text": (
        put("services", "orders", "port")("80a"),
        'services.orders.port is "80a", a port number from 1024 to 65535 is required. Write a number such as 8080: '
        "containers run without the right to open a port below 1024.",
    ),
    "port in quotes": (
        put("edge", "port")("80"),
        'edge.port is "80", a port number from 1 to 65535 is required. Write a number such as 8080.',
    ),
    "port out of range": (
        put("edge", "port")(65536),
        "edge.port is 65536, a port number from 1 to 65535 is required. Write a number such as 8080.",
    ),
    "port that is a truth value": (
        put("edge", "port")(bool("yes")),
        "edge.port is true, a port number from 1 to 65535 is required. Write a number such as 8080.",
    ),
    "port twice": (
        put("services", "orders", "metricsPort")(8080),
        f"services.orders.metricsPort is 8080, a port other than {KEY}:services.orders.port is required. "
        "Give each its own port.",
    ),
    "path claimed twice": (
        put("services", "products", "path")("/orders"),
        f'services.products.path is "/orders", a path that {KEY}:services.orders.path has not claimed is required. '
        "Give one of them another path.",
    ),
    "path of other services only": (
        put("services", "orders", "path")("/internal/orders"),
        'services.orders.path is "/internal/orders", a path outside /internal is required. '
        "What lives there is for other services only; choose another path.",
    ),
    "path with a slash at its end": (
        put("services", "orders", "path")("/orders/"),
        'services.orders.path is "/orders/", an absolute URL path in lower case without a slash at its end is '
        'required. Write a path such as "/orders", or "/" for everything no other service claims.',
    ),
    "name too long": (
        lambda values: values["services"].update({"o" * 64: {**values["services"]["orders"], "path": "/long"}}),
        f"services.{'o' * 64} is a key, {SERVICE}",
    ),
    "name that is no label": (
        lambda values: values["services"].update({"Cart_2": {**values["services"]["orders"], "path": "/cart"}}),
        f"services.Cart_2 is a key, {SERVICE}",
    ),
    "name the database has": (
        lambda values: values["services"].update({"database": {**values["services"]["orders"], "path": "/d"}}),
        "services.database is taken, another name is required. "
        "The database has this name among the images; rename the service.",
    ),
    "quantity that is none": (
        put("services", "orders", "resources", "requests", "cpu")("fifty"),
        f'services.orders.resources.requests.cpu is "fifty", {QUANTITY}',
    ),
    "quantity without quotes": (
        put("database", "storage")(1),
        f"database.storage is 1, {QUANTITY}",
    ),
    "quantity of nothing": (put("database", "storage")("0Gi"), f'database.storage is "0Gi", {QUANTITY}'),
    "request above limit": (
        put("services", "orders", "resources", "requests", "memory")("1Gi"),
        'services.orders.resources.requests.memory is "1Gi", at most the limit of "256Mi" is required. '
        "Lower the request or raise the limit.",
    ),
    "request of the database above limit": (
        put("database", "resources", "limits", "cpu")("10m"),
        'database.resources.requests.cpu is "100m", at most the limit of "10m" is required. '
        "Lower the request or raise the limit.",
    ),
    "min above max": (
        put("services", "orders", "replicas", "min")(9),
        "services.orders.replicas.min is 9, at most the max of 4 is required. Lower min or raise max.",
    ),
    "no pods": (
        put("services", "orders", "replicas", "min")(0),
        "services.orders.replicas.min is 0, a number of pods from 1 to 100 is required. Write a number such as 2.",
    ),
    "call of nobody": (
        put("services", "orders", "calls")(["auth", "product"]),
        'services.orders.calls names "product", a service out of auth, frontend, products is required. '
        "Correct the name or add the service.",
    ),
    "call of itself": (
        put("services", "orders", "calls")(["orders"]),
        'services.orders.calls names "orders" itself, another service is required. '
        "Remove it: a pod needs no way to its own service.",
    ),
    "call twice": (
        put("services", "orders", "calls")(["auth", "auth"]),
        'services.orders.calls names "auth" more than once, each name once is required. Remove the others.',
    ),
    "calls that are no list": (
        put("services", "orders", "calls")("auth"),
        'services.orders.calls is "auth", a list is required. See stacks/README.md.',
    ),
    "secret twice": (
        put("services", "orders", "secrets")(["key", "key"]),
        'services.orders.secrets names "key" more than once, each name once is required. Remove the others.',
    ),
    "secret the program writes": (
        put("services", "orders", "secrets")(["mongodb_uri"]),
        'services.orders.secrets names "mongodb_uri", another name is required. '
        "The program writes this file itself; set database: true.",
    ),
    "variable the program sets": (
        put("services", "orders", "environment")({"PORT": "1"}),
        "services.orders.environment.PORT is set by the program, another variable is required. Remove it.",
    ),
    "variable a call sets": (
        put("services", "orders", "environment")({"AUTH_URL": "http://elsewhere"}),
        "services.orders.environment.AUTH_URL is set by the program, another variable is required. Remove it.",
    ),
    "variable in lower case": (
        put("services", "orders", "environment")({"log_level": "INFO"}),
        "services.orders.environment.log_level is a key, an environment variable in upper-case snake case is required. "
        'Write a name such as "LOG_LEVEL".',
    ),
    "variable without quotes": (
        put("services", "orders", "environment")({"SEED": True}),
        'services.orders.environment.SEED is true, a text is required. Put the value in quotes, e.g. "true".',
    ),
    "engine nobody knows": (
        put("database", "engine")("postgres"),
        'database.engine is "postgres", a database engine this program knows: secantus is required. Write "secantus".',
    ),
    "missing value": (
        drop("services", "orders", "path"),
        "services.orders.path is missing, an absolute URL path in lower case without a slash at its end is required. "
        'Write a path such as "/orders", or "/" for everything no other service claims.',
    ),
    "missing section": (
        drop("edge"),
        "edge is missing, a mapping of settings is required. See stacks/README.md.",
    ),
    "section that is a list": (
        put("services", "orders", "resources")([]),
        "services.orders.resources is [], a mapping of settings is required. See stacks/README.md.",
    ),
    "no services": (
        put("services")({}),
        "services is empty, at least one service is required. See stacks/README.md.",
    ),
    "nobody passes requests on": (
        drop("edge", "proxies"),
        "edge names nobody who passes requests on, proxies or proxyRanges is required. "
        "Describe the Gateway's proxy pods, or name the load balancer's address ranges.",
    ),
    "nobody answers names": (
        put("kubernetes", "dns")({"pods": []}),
        "kubernetes.dns names nobody, at least one of pods and ranges is required. "
        "Remove it for the default, pods: [kube-dns].",
    ),
    "range that is none": (
        put("edge", "proxyRanges")(["10.0.0.1/8"]),
        'edge.proxyRanges.0 is "10.0.0.1/8", an IP range in CIDR notation is required. '
        'Write one such as "35.191.0.0/16".',
    ),
    "address with a path": (
        put("edge", "url")("http://localhost:8080/"),
        'edge.url is "http://localhost:8080/", an http or https URL without a path is required. '
        'Write one such as "http://localhost:8080", without a slash at its end.',
    ),
}


class TestEachMistakeIsOneSentence:
    """A user who makes one mistake must read one sentence, and all of it."""

    @pytest.mark.parametrize("case", CASES)
    def test_in_the_file(self, root: Path, case: str) -> None:
        values = local_values()
        change, expected = CASES[case]
        change(values)
        assert mistakes(root, values) == [f"{FILE}: {KEY}:{expected}"]

    @pytest.mark.parametrize("case", CASES)
    def test_in_the_engine(self, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
        values = local_values()
        change, expected = CASES[case]
        change(values)
        as_engine(monkeypatch, values)
        with pytest.raises(SettingsError) as raised:
            load()
        assert str(raised.value).splitlines() == [f"{FILE}: {KEY}:{expected}"]


def as_engine(monkeypatch: pytest.MonkeyPatch, values: Values) -> None:
    """The environment the engine starts a program with: objects as JSON, everything else as text."""
    config = {
        f"{KEY}:{name}": json.dumps(value) if isinstance(value, (dict, list)) else str(value)
        for name, value in values.items()
    }
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(config))
    monkeypatch.setattr(pulumi, "get_stack", lambda: "local")


def test_all_mistakes_are_told_at_once(root: Path) -> None:
    values = local_values()
    values["services"]["orders"] |= {"port": "80a", "calls": ["nobody"]}
    values["services"]["products"]["path"] = "/auth"
    values["prefix"] = "A"
    assert [line.split(" ")[1] for line in mistakes(root, values)] == [
        f"{KEY}:prefix",
        f"{KEY}:services.orders.port",
        f"{KEY}:services.orders.calls",
        f"{KEY}:services.products.path",
    ]


def test_a_prefix_that_does_not_fit_the_stack_is_told(root: Path) -> None:
    stack = "s" * 60
    path = root / f"stacks/Pulumi.{stack}.yaml"
    write(root, local_values())
    (root / FILE).rename(path)
    with pytest.raises(
        SettingsError, match=f'prefix is "atm", "atm-{stack}-edge" has 69 characters, at most 63 fit a gateway'
    ):
        load_settings(stack, root=root)


def test_configuration_of_the_provider_is_refused(root: Path) -> None:
    assert mistakes(root, local_values(), **{"kubernetes:context": "other"}) == [
        f"{FILE}: kubernetes:context is set, {KEY}:kubernetes is required for what the cluster is. "
        "Remove it: the program does not read it."
    ]


def test_the_engine_and_the_file_give_the_same_settings(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    images = tmp_path / "images.json"
    images.write_text(json.dumps({name: f"x/{name}:1" for name in (*local_values()["services"], "database")}))
    (tmp_path / "kubeconfig").touch()
    monkeypatch.setenv("A_TU_MANO_IMAGES", str(images))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    write(root, local_values())
    as_engine(monkeypatch, local_values())
    assert load() == load_file("local", root=root)


def test_a_missing_kubeconfig_is_told(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values = local_values()
    values["images"] = {"tags": True, "references": {n: f"x/{n}:1" for n in (*values["services"], "database")}}
    write(root, values)
    monkeypatch.delenv("KUBECONFIG", raising=False)
    with pytest.raises(
        SettingsError, match=r"^environment: KUBECONFIG is not set, the path of one kubeconfig file is req"
    ):
        load_file("local", root=root)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match='none", which is no file, the path of one kubeconfig file is required'):
        load_file("local", root=root)


def test_settings_cannot_be_changed() -> None:
    settings = StackSettings.model_validate(local_values())
    with pytest.raises(ValidationError, match="frozen"):
        settings.prefix = "other"


def test_every_stack_in_the_repository_is_valid() -> None:
    stacks = [file.name.split(".")[1] for file in (ROOT / "stacks").glob("Pulumi.*.yaml")]
    assert "local" in stacks
    for stack in stacks:
        if stack in {"dev", "prod"}:
            StackSettings.model_validate(rehearsed_values(stack))
        else:
            load_settings(stack)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_real_project_refuses_what_only_a_rehearsal_may_have(root: Path, stack: str) -> None:
    values = rehearsed_values(stack)
    values["gcp"]["rehearsal"] = False
    file = root / f"stacks/Pulumi.{stack}.yaml"
    file.write_text(yaml.safe_dump({"config": {f"{KEY}:{key}": value for key, value in values.items()}}))
    with pytest.raises(SettingsError) as refused:
        load_settings(stack, root=root)
    assert [problem.subject for problem in refused.value.problems] == [f"{KEY}:images.tags"]
    settings = StackSettings.model_validate(values)
    problem, *more = settings_checks.not_yet(settings, stack, "the file")
    assert (problem.subject, more) == (f"{KEY}:database.engine", [])
    assert f"make rehearse STACK={stack}" in problem.fix
    assert list(settings_checks.not_yet(StackSettings.model_validate(rehearsed_values(stack)), stack, "the file")) == []


def test_reading_leaves_the_values_alone() -> None:
    values = local_values()
    before = copy.deepcopy(values)
    StackSettings.model_validate(values)
    assert values == before
