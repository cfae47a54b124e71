"""Checks and controls fit: none is named that is not there, and none is called judged that nothing judges."""

from policies import manifests, rules
from policies.capture import Capture
from policies.controls import How, catalogues
from policies.model import Check, Worth
from policies.second_opinion.catalogue import entries


def every_check(capture: Capture) -> list[Check]:
    """Those of all judges; the cost answers to no control."""
    opinion = [entry.check for entry in entries().values()]
    return [*(rule.check for rule in rules.RULES), *manifests.judge(capture).checks, *opinion]


def test_a_check_names_only_controls_that_are_there(prod: Capture) -> None:
    known = {control.id for catalogue in catalogues() for control in catalogue.controls}
    wrong = {check.id: set(check.controls) - known for check in every_check(prod) if set(check.controls) - known}
    assert wrong == {}


def test_a_control_is_judged_if_a_check_whose_word_counts_names_it_and_only_then(prod: Capture) -> None:
    named = {control for check in every_check(prod) if check.worth is Worth.SOUND for control in check.controls}
    judged = {control.id for catalogue in catalogues() for control in catalogue.of(How.JUDGED)}
    assert judged - named == set(), "called judged, and nothing judges them"
    others = {control.id for catalogue in catalogues() for control in catalogue.controls} - judged
    assert named & others == set(), "judged, and called something else"


def test_no_two_checks_share_an_id(prod: Capture) -> None:
    ids = [check.id for check in every_check(prod)]
    assert sorted({one for one in ids if ids.count(one) > 1}) == []
