"""Whose songs these are: on a hosted studio a signed-in account's or a browser's."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.machine.visitors import COOKIE, Visitors

_OWNER = "owner"
_component = st.components.v2.component(
    "gainstage_visitor", js=(Path(__file__).parent / "visitor.js").read_text(encoding="utf-8")
)


def owner(visitors: Visitors) -> str:
    """Return the id of this session's person, the same for as long as the session lives."""
    if _OWNER not in st.session_state:
        account = signed_in()
        cookie = str(st.context.cookies.get(COOKIE, ""))
        known = visitors.account(account) if account else visitors.visitor(cookie)
        st.session_state[_OWNER] = known or visitors.new()
    return str(st.session_state[_OWNER])


def signed_in() -> str | None:
    """Return what names the account that is signed in; None without one."""
    if not getattr(st.user, "is_logged_in", False):
        return None
    return f"{st.user.get('iss', '')} {st.user.get('sub') or st.user.get('email')}"


def must_sign_in() -> bool:
    """Return whether the operator configured a sign-in (``[auth]`` in the secrets) that is still due."""
    return getattr(st.user, "is_logged_in", None) is False


def sign_in_page() -> None:
    """Draw the one page that somebody sees who has not signed in."""
    st.html("<h1>Gainstage</h1><p>Sign in to make songs and to find them again.</p>")
    st.button("Sign in", type="primary", key="sign_in", on_click=st.login)


def asked_for() -> bool:
    """Return whether this session's owner was asked for: whether it made, or looked for, a song."""
    return _OWNER in st.session_state


def keep(visitors: Visitors, pages: str) -> None:
    """Have the browser keep who this is; ``pages``: the pages' addresses, left out of the cookie's path."""
    if signed_in() is None:
        token = visitors.token(owner(visitors))
        with st.container(key="gs_visitor"):
            _component(key="visitor", data={"cookie": COOKIE, "token": token, "pages": pages})
