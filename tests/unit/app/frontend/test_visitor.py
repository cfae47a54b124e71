"""Cookies and form tokens."""

from hypothesis import given
from hypothesis import strategies as st

from app.frontend.visitor import Seal, Visitor

SEAL = Seal("a secret of this shop")


@given(st.text())
def test_no_cookie_but_ours_is_a_session(cookie: str) -> None:
    assert SEAL.opened(cookie) is None


@given(st.text(), st.text(alphabet="abcdef0123456789", min_size=1))
def test_no_token_but_ours_is_accepted(token: str, session_id: str) -> None:
    assert not SEAL.accepts(session_id, token)


def test_our_own_are() -> None:
    session_id = Visitor(SEAL).identify()
    assert len(session_id) == 43
    assert SEAL.opened(SEAL.cookie(session_id)) == session_id
    assert SEAL.accepts(session_id, SEAL.token(session_id))


def test_a_token_belongs_to_one_session_one_purpose_and_one_secret() -> None:
    token = SEAL.token("one")
    assert not SEAL.accepts("two", token)
    assert not Seal("another secret").accepts("one", token)
    assert SEAL.opened(token) is None
    assert not SEAL.accepts("one", SEAL.cookie("one"))


def test_tokens_of_one_session_differ() -> None:
    assert len({SEAL.token("one") for _ in range(20)}) == 20


def test_an_id_is_made_when_it_is_needed_and_kept() -> None:
    visitor = Visitor(SEAL)
    assert (visitor.session_id, visitor.new_cookie) == (None, False)
    first = visitor.identify()
    assert (visitor.identify(), visitor.new_cookie) == (first, True)
    assert visitor.rotate() != first
