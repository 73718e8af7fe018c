"""A visitor is known again by what the browser keeps, and nobody makes up or reads another's."""

from __future__ import annotations

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import StorageError
from core.machine.visitors import Visitors


def test_a_visitor_is_known_again_also_after_a_restart(tmp_path):
    visitors = Visitors(tmp_path)
    one, other = visitors.new(), visitors.new()
    assert one != other
    assert Visitors(tmp_path).visitor(visitors.token(one)) == one


def test_the_secret_is_the_operators_alone(tmp_path):
    Visitors(tmp_path)
    assert stat.S_IMODE((tmp_path / "visitors.key").stat().st_mode) == 0o600


def test_another_homes_token_is_a_strangers(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    token = Visitors(tmp_path / "a").token("0" * 32)
    assert Visitors(tmp_path / "b").visitor(token) is None


@pytest.mark.parametrize(
    "token", ["", ".", "x", "0" * 32, f"{'0' * 32}.", f"{'0' * 32}.é", "a.b.c", "\x00.\x00"]
)
def test_what_was_not_signed_here_is_nobody(tmp_path, token):
    assert Visitors(tmp_path).visitor(token) is None


def test_a_changed_token_is_nobody(tmp_path_factory):
    visitors = Visitors(tmp_path_factory.mktemp("home"))
    token = visitors.token(visitors.new())

    @given(st.integers(0, len(token) - 1), st.characters())
    def changed(place, letter):
        other = token[:place] + letter + token[place + 1 :]
        assert (visitors.visitor(other) is None) == (other != token)

    changed()


def test_an_account_is_one_owner_and_says_no_name(tmp_path):
    visitors = Visitors(tmp_path)
    owner = visitors.account("issuer ann@example.org")
    assert (
        owner
        == Visitors(tmp_path).account("issuer ann@example.org")
        != visitors.account("issuer ben@example.org")
    )
    assert "ann" not in owner


def test_a_secret_that_was_cut_short_is_made_again(tmp_path):
    (tmp_path / "visitors.key").write_bytes(b"half")
    visitors = Visitors(tmp_path)
    assert visitors.visitor(visitors.token("v")) == "v"
    assert len((tmp_path / "visitors.key").read_bytes()) == 32


def test_a_home_that_is_gone_is_one_sentence(tmp_path):
    with pytest.raises(StorageError, match=r"visitors\.key cannot be stored"):
        Visitors(tmp_path / "gone")
