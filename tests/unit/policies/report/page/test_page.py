"""The page says all of an assessment, says it in order, and lets nothing in that would run or reach out."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from policies.capture import Capture
from policies.controls import catalogues
from policies.model import Finding, Severity, Status, Worth
from policies.report import page
from policies.report.assessment import Assessment
from policies.report.page.marks import MANUAL, MARKS, PROVIDER, code, place, telling
from tests.unit.policies.report.conftest import Assess, waiver
from tests.unit.policies.report.page.pages import NODES, VOID, full


class Reader(HTMLParser):
    """What is in a page: ids, places that are led to, headings, texts by id; fails where a tag is left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.led_to: list[str] = []
        self.headings: list[int] = []
        self.loaded: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in VOID:
            self._open.append(tag)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if str(found.get("href", "")).startswith("#"):
            self.led_to.append(str(found["href"])[1:])
        elif found.get("href") or found.get("src"):
            self.loaded.append(str(found.get("href") or found.get("src")))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        assert not any(name.startswith("on") or name == "style" for name in found), (tag, found)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


@pytest.fixture(scope="module")
def complete(prod: Capture, dev: Capture, assess: Assess) -> Assessment:
    return full(prod, dev, assess)


@pytest.fixture(scope="module")
def text(complete: Assessment) -> str:
    return page.render(complete)


@pytest.fixture(scope="module")
def read(text: str) -> Reader:
    return Reader(text)


def test_every_control_is_there_with_what_became_of_it(text: str) -> None:
    for catalogue in catalogues():
        for control in catalogue.controls:
            row = re.search(rf'id="control-{re.escape(place(control.id))}" data-status="([a-z-]+)">', text)
            assert row, control.id
            assert row[1] in {mark.key for mark in (*MARKS.values(), MANUAL, PROVIDER)}


def test_every_check_and_resource_and_waiver_is_there(complete: Assessment, text: str, read: Reader) -> None:
    assert {f"check-{place(id_)}" for id_ in complete.checks} <= set(read.ids)
    assert {f"waiver-{place(one.id)}" for one in complete.waivers} <= set(read.ids)
    resources = text.partition('id="resources"')[2].partition('<section id="checks"')[0]
    for resource in complete.capture.resources:
        if resource.custom:
            assert f'<b class="code">{resource.name}</b>' in resources
            assert f"{resource.file}:{resource.line}" in resources


def test_every_link_leads_somewhere_and_ids_are_unique(read: Reader) -> None:
    assert len(read.ids) == len(set(read.ids))
    assert set(read.led_to) <= set(read.ids)


def test_headings_are_in_order(read: Reader) -> None:
    assert read.headings[0] == 1
    assert read.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(read.headings))


def test_nothing_is_loaded_and_nothing_else_may_run(text: str, read: Reader) -> None:
    assert read.loaded == ["data:,"]
    assert not re.search(r"url\((?!#)|@import|<iframe|<object|<embed", text)
    assert "default-src &#39;none&#39;" in text
    assert text.count("<script>") == 1


def test_the_verdict_comes_first_and_says_why(complete: Assessment, text: str, prod: Capture, assess: Assess) -> None:
    first = text[: text.index("<nav")]
    assert "prod fails" in first
    title = complete.checks[complete.failing[0].check].title
    assert title in first
    for status in Status:
        assert f"<b>{complete.count(status)}</b> {status.value}" in first
    assert "wait for values that nobody knows" in first
    assert "Stood in for" in first
    quiet = assess(prod, *(waiver(one.check) for one in assess(prod).failing[:1]))
    sound = tuple(one for one in quiet.findings if one.status is not Status.VIOLATED)
    passes = page.render(replace(quiet, waiver_problems=(), findings=sound))
    assert "prod passes" in passes
    assert "What fails" not in passes


def test_a_waiver_that_is_not_in_order_fails_it_by_name(complete: Assessment) -> None:
    problem = "W-904 has expired."
    kept = tuple(one for one in complete.findings if one.status is not Status.VIOLATED)
    said = page.render(replace(complete, findings=kept, waiver_problems=(problem,)))
    assert said[: said.index("<nav")].count(problem) == 1


def test_what_changes_is_told(text: str) -> None:
    changes = text.partition('id="changes"')[2].partition('<section id="picture"')[0]
    assert "What changes since" in changes
    assert "network-nat" in changes
    assert "privateClusterConfig.enablePrivateNodes" in changes
    new = changes.partition("New findings")[2].partition("Fixed findings")[0]
    assert NODES in new
    assert "Monthly estimate" in changes
    assert '<th scope="row">network</th>' in changes


def test_cost_budget_and_credit_are_told(complete: Assessment, text: str) -> None:
    estimate = complete.estimate
    assert estimate is not None
    cost = text.partition('<section id="cost"')[2].partition("</section>")[0]
    assert f"${estimate.total.expected:,.0f} a month" in cost
    for name in [*estimate.components, *estimate.services]:
        assert f'<th scope="row">{name}<' in cost
    for assumption in estimate.assumptions:
        assert f"<b>{assumption.name}</b>" in cost
    assert cost.count('class="amount"') == len(estimate.lines) + len(estimate.assumptions)


def test_a_pass_that_says_little_is_marked(complete: Assessment, text: str) -> None:
    marked = [check for check in complete.checks.values() if check.worth is not Worth.SOUND]
    assert marked
    checks = text.partition('<section id="checks"')[2]
    assert checks.count('class="worth"') == len(marked)


def test_beside_shows_where_the_stacks_differ(complete: Assessment, text: str) -> None:
    beside = text.partition('<section id="beside"')[2].partition("</section>")[0]
    assert "Beside dev" in beside
    assert f"#check-{NODES}" in beside
    assert complete.other is not None


def test_waivers_have_owner_expiry_and_days(complete: Assessment, text: str) -> None:
    waivers = text.partition('<section id="waivers"')[2].partition("</section>")[0]
    for one in complete.waivers:
        days = (one.expires - complete.made.date()).days
        assert f"<b>{days}</b>" in waivers
        assert f"{one.owner} answers for it until {one.expires}" in waivers


def test_texts_from_elsewhere_are_shown_and_not_run(complete: Assessment) -> None:
    evil = "<img src=x onerror=alert(1)> & `<b>code</b>`"
    finding = replace(complete.failing[0], message=evil, resource="Dockerfile")
    said = page.render(replace(complete, findings=(finding,), notes=(evil,), commit="<i>"))
    assert "<img" not in said
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; <code>&lt;b&gt;code&lt;/b&gt;</code>" in said
    assert "<i>" not in said


def test_a_stack_without_a_cloud_has_no_cost(local: Capture, assess: Assess) -> None:
    said = page.render(replace(assess(local), estimate=None))
    Reader(said)
    assert 'id="cost"' not in said
    assert "Waivers" in said


@pytest.mark.parametrize(
    ("said", "shown"),
    [("a `b` c", "a <code>b</code> c"), ("a ` b", "a ` b"), ("<`<`", "&lt;<code>&lt;</code>")],
)
def test_what_is_in_backticks_is_code(said: str, shown: str) -> None:
    assert code(said) == shown


def test_findings_of_one_check_are_told_once(complete: Assessment) -> None:
    check = next(iter(complete.checks))
    found = [
        Finding(check=check, status=status, resource=f"file-{i}", message="The same.")
        for i, status in enumerate([Status.WAIVED, Status.VIOLATED, Status.VIOLATED, Status.COMPLIANT])
    ]
    told = telling(found, complete.checks)
    assert [(one.mark.key, one.message, len(one.items)) for one in told] == [
        ("violated", "The same.", 2),
        ("waived", "The same.", 1),
    ]
    assert told[0].fix
    assert not told[1].fix
    assert complete.threshold is Severity.LOW
