"""Medians, verdicts and the table: what decides how a figure is read."""

import pytest

from bench.harness import BEGIN, END, HEAD, Limit, Row, Sample, interleaved, judged, merged, ratios, short


def test_a_sample_is_its_median_and_its_spread() -> None:
    assert str(Sample([3.0, 1.0, 20.0])) == "3 (1 to 20)"


@pytest.mark.parametrize(("value", "text"), [(0.8137, "0.814"), (12.345, "12.3"), (1234.5, "1234"), (90, "90")])
def test_numbers_are_short(value: float, text: str) -> None:
    assert short(value) == text


@pytest.mark.parametrize(("value", "verdict"), [(20, "aim met"), (20.1, "must met"), (45, "must met"), (46, "MISSED")])
def test_less_is_better(value: float, verdict: str) -> None:
    assert Limit(must=45, aim=20).verdict(value) == verdict


@pytest.mark.parametrize(("value", "verdict"), [(0.9, "aim met"), (0.89, "must met"), (0.69, "MISSED")])
def test_more_is_better_where_the_limit_says_so(value: float, verdict: str) -> None:
    assert Limit(must=0.7, aim=0.9, more=True).verdict(value) == verdict


def test_ratios_are_taken_round_by_round() -> None:
    assert ratios(Sample([2.0, 9.0]), Sample([1.0, 3.0])).values == [2.0, 3.0]


def test_each_round_begins_with_another_one() -> None:
    order: list[str] = []

    def note(name: str) -> float:
        order.append(name)
        return float(len(order))

    first, second = interleaved(2, lambda: note("a"), lambda: note("b"))
    assert order == ["a", "b", "b", "a"]
    assert (first.values, second.values) == ([1.0, 4.0], [2.0, 3.0])


def test_a_row_tells_limits_and_verdict() -> None:
    row = judged("x", 10, "10 s", Limit(must=45, aim=20, unit=" s"), "how")
    assert row.line("0.1, today") == "| x | 45 s | 20 s | 10 s | aim met | 0.1, today | how |"


def test_a_new_figure_takes_the_old_one_s_place_and_what_people_wrote_stays() -> None:
    old = f"intro\n\n{BEGIN}\n{END}\n\n## A new user's first run\nwords\n"
    first = merged(old, "2 cores", [Row(what="a", measured="1", how="h").line("c"), "| b | | | 2 | | | |"])
    second = merged(first, "2 cores", [Row(what="a", measured="9", how="h").line("c")])
    assert second == first.replace("| a |  |  | 1 |", "| a |  |  | 9 |")
    assert second.startswith("intro\n\n")
    assert second.endswith("\n\n## A new user's first run\nwords\n")
    assert second.count(HEAD) == 1
