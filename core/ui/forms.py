"""Controls made from a settings model: each field's title, unit, help, bounds and step are its metadata.

A form never changes anything by itself. It returns the validated settings that its controls stand at, or
None after showing one sentence for each value that is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import streamlit as st
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from core.errors import ErrorReport
from core.machine.hosting import is_operators
from core.sentences import sentences
from core.ui.keys import hashed
from core.ui.marks import Beside
from core.ui.problem import show_error
from core.ui.words import option_word, plain

M = TypeVar("M", bound=BaseModel)

SLIDER_STEPS = 400
"""A range with more steps than this gets a number box instead of a slider."""
LONG_TEXT = 300
SEGMENTS_WIDE = 40
"""Choices that together have more letters than this go into a list instead of a row."""


@dataclass(frozen=True)
class Entry:
    """How a setting by stem name is drawn: what is in effect for a stem, and whether one opts in."""

    effective: Callable[[str], BaseModel]
    rendered: Callable[[str], BaseModel] | None = None
    """What was in effect for the last render; None: nothing is marked as changed since."""
    usual: Callable[[str], BaseModel] | None = None
    """What is in effect by default; None: nothing is marked against it."""
    opt_in: bool = False
    """Whether a switch "own settings" stands before the controls (else they are always there)."""
    names: Mapping[str, str] | None = None
    """Keys and what is shown for them; None: the run's stems by their names."""


@dataclass(frozen=True)
class FormPlan:
    """What a form knows beside the model."""

    key: str
    """Start of every widget's key; another key means fresh controls."""
    names: Sequence[str] = ()
    """The run's stems, for settings by stem name."""
    entries: Mapping[str, Entry] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Choices for a text field: value to what is shown (the engines of a stage)."""
    hidden: frozenset[str] = frozenset()
    """Fields that are not shown here and keep their value."""
    visitor: bool = False
    """Whether a visitor of a hosted studio sees it: what is the operator's is hidden as well."""
    disabled: bool = False
    narrow: bool = False
    """One control a row, as wide as the place, instead of rows of them."""


def settings_form(current: M, plan: FormPlan, beside: Beside | None = None) -> M | None:
    """Draw the controls of ``current``'s model; return what they say, or None when it is refused.

    ``beside``: what the labels are marked against.
    """
    model = type(current)
    try:
        return model.model_validate(_fields(current, plan, plan.key, beside or Beside()))
    except ValidationError as error:
        for sentence in sentences(error, model):
            show_error(ErrorReport(kind="settings", message=sentence, remedy="Change the value above."))
        return None


def _fields(current: BaseModel, plan: FormPlan, key: str, beside: Beside) -> dict[str, Any]:
    values: dict[str, Any] = {}
    simple: list[tuple[str, FieldInfo]] = []
    nested: list[tuple[str, FieldInfo]] = []
    for name, info in type(current).model_fields.items():
        value, several = getattr(current, name), _is_nested(info.annotation)
        # A form cannot begin a group of settings that is not there, such as an uploaded track.
        if name in plan.hidden or (plan.visitor and is_operators(info)) or (several and value is None):
            values[name] = value
        else:
            (nested if several else simple).append((name, info))
    if simple:
        gap: Any = "small" if plan.narrow else "medium"
        with st.container(horizontal=not plan.narrow, gap=gap, vertical_alignment="bottom"):
            for name, info in simple:
                with st.container(width="stretch" if plan.narrow else _width(info)):
                    values[name] = _control(name, info, getattr(current, name), plan, f"{key}.{name}", beside)
    for name, info in nested:
        values[name] = _nested(name, info, getattr(current, name), plan, f"{key}.{name}", beside.within(name))
    return values


def _control(name: str, info: FieldInfo, value: Any, plan: FormPlan, key: str, beside: Beside) -> Any:
    kind, optional = _unwrapped(info.annotation)
    title = _label(info, name)
    stands = st.session_state.get(key, value)
    if optional:
        is_set = st.session_state.get(f"{key}?", value is not None)
        mark = beside.mark(name, (stands or _blank(kind)) if is_set else None)
        if not st.toggle(title + mark, value is not None, key=f"{key}?", disabled=plan.disabled):
            return None
        value = _blank(kind) if value is None else value
    label = title if optional else title + beside.mark(name, stands)
    if name in plan.choices:
        return _choice(info, label, value, plan.choices[name], plan, key)
    if kind is bool:
        return st.toggle(label, value, key=key, help=info.description, disabled=plan.disabled, **_KEPT)
    several = _several(kind)
    if several is not None:
        return _pick_several(info, label, value, several, plan, key)
    options = _options(kind)
    if options is not None:
        return _pick(info, label, value, options, plan, key)
    if kind in (int, float):
        return _number(info, label, value, kind, plan, key)
    return _text(info, label, value, plan, key)


_KEPT: Mapping[str, Any] = {"persist_state": "session"}
"""A control keeps its value while another page is shown, so that unapplied changes are not lost."""


def _pick(info: FieldInfo, label: str, value: Any, options: Sequence[Any], plan: FormPlan, key: str) -> Any:
    shape: dict[str, Any] = {
        "format_func": _shown,
        "key": key,
        "help": info.description,
        "disabled": plan.disabled,
        **_KEPT,
    }
    if sum(len(_shown(option)) for option in options) <= SEGMENTS_WIDE:
        return st.segmented_control(label, options, default=value, required=True, **shape)
    return st.selectbox(label, options, index=options.index(value), **shape)


def _pick_several(
    info: FieldInfo, label: str, value: Any, options: Sequence[Any], plan: FormPlan, key: str
) -> list[Any]:
    chosen = st.pills(
        label,
        options,
        selection_mode="multi",
        default=[option for option in options if option in value],
        format_func=_shown,
        key=key,
        help=info.description,
        disabled=plan.disabled,
        **_KEPT,
    )
    if set(chosen) == set(value):
        return list(value)  # in the order of its own, or an untouched control would be a change
    return [option for option in options if option in chosen]


def _choice(
    info: FieldInfo, label: str, value: str, choices: Mapping[str, str], plan: FormPlan, key: str
) -> str:
    options = list(choices) if value in choices else [*choices, value]
    return str(
        st.selectbox(
            label,
            options,
            index=options.index(value),
            format_func=lambda option: choices.get(option, option),
            key=key,
            help=info.description,
            disabled=plan.disabled,
            **_KEPT,
        )
    )


def _number(info: FieldInfo, label: str, value: Any, kind: type, plan: FormPlan, key: str) -> Any:
    low, high = _bound(info, "ge", "gt"), _bound(info, "le", "lt")
    step = kind(_extra(info).get("step", 1 if kind is int else 0.1)) or 1
    shape: dict[str, Any] = {
        "min_value": None if low is None else kind(low),
        "max_value": None if high is None else kind(high),
        "step": step,
        "format": _format(step, value, kind),
        "key": key,
        "help": info.description,
        "disabled": plan.disabled,
    }
    bounded = low is not None and high is not None and (high - low) / step <= SLIDER_STEPS
    draw = st.slider if bounded else st.number_input
    return kind(draw(label, value=kind(value), **shape, **_KEPT))


def _text(info: FieldInfo, label: str, value: Any, plan: FormPlan, key: str) -> str:
    draw = st.text_area if _is_long(info) and not _extra(info).get("one_line") else st.text_input
    return str(draw(label, str(value), key=key, help=info.description, disabled=plan.disabled, **_KEPT))


def _nested(name: str, info: FieldInfo, value: Any, plan: FormPlan, key: str, beside: Beside) -> Any:
    kind, _ = _unwrapped(info.annotation)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        with st.expander(_label(info, name)):
            return _fields(value, plan, key, beside)
    if get_origin(kind) is dict:
        return _by_name(name, info, value, plan, key)
    return _rows(name, info, value, plan, key)


def _by_name(
    name: str, info: FieldInfo, value: Mapping[str, BaseModel], plan: FormPlan, key: str
) -> dict[str, Any]:
    """Draw one set of controls for each stem; a stem at what is in effect anyway is not listed."""
    listed: dict[str, Any] = dict(value)
    entry = plan.entries.get(name)
    if entry is None:
        return listed
    st.markdown(f"**{_label(info, name)}**", help=info.description)
    names = {stem: stem for stem in plan.names} if entry.names is None else entry.names
    if not names:
        st.html('<div class="gs-faint">They appear by name as soon as the song has stems.</div>')
    for stem, shown in names.items():
        with st.expander(plain(shown), expanded=not entry.opt_in and entry.names is None):
            where = f"{key}.{hashed(stem)}"
            if entry.opt_in and not st.toggle(
                "Own settings", stem in value, key=f"{where}?", disabled=plan.disabled, **_KEPT
            ):
                listed.pop(stem, None)
                continue
            effective = entry.effective(stem)
            beside = Beside(*(of(stem) if of is not None else None for of in (entry.rendered, entry.usual)))
            chosen = type(effective).model_validate(_fields(effective, plan, where, beside))
            if entry.opt_in or chosen != effective:
                listed[stem] = chosen
    return listed


def _rows(name: str, info: FieldInfo, value: Sequence[BaseModel], plan: FormPlan, key: str) -> list[Any]:
    """Draw a list of models with a row to add and one to take away."""
    (kind, *_) = get_args(_unwrapped(info.annotation)[0])
    longest = int(_bound(info, "max_length", "max_length") or 16)
    count_key = f"{key}#"
    count = int(st.session_state.setdefault(count_key, len(value)))
    st.markdown(f"**{_label(info, name)}**")
    rows = []
    for index in range(count):
        row = value[index] if index < len(value) else kind()
        with st.container(border=True):
            rows.append(_fields(row, plan, f"{key}.{index}", Beside()))
    with st.container(horizontal=True):
        st.button(
            "Add",
            key=f"{key}+",
            disabled=plan.disabled or count >= longest,
            on_click=st.session_state.__setitem__,
            args=(count_key, count + 1),
        )
        st.button(
            "Remove last",
            key=f"{key}-",
            disabled=plan.disabled or count == 0,
            on_click=st.session_state.__setitem__,
            args=(count_key, count - 1),
        )
    return rows


def _is_nested(annotation: Any) -> bool:
    kind, _ = _unwrapped(annotation)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return True
    return get_origin(kind) in (dict, tuple, list) and _several(kind) is None


def _unwrapped(annotation: Any) -> tuple[Any, bool]:
    """Return the type inside ``X | None`` and whether None is allowed."""
    if get_origin(annotation) in (Union, UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
        return kinds[0], len(kinds) < len(get_args(annotation))
    return annotation, False


def _options(kind: Any) -> list[Any] | None:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)
    return list(get_args(kind)) if get_origin(kind) is Literal else None


def _several(kind: Any) -> list[Any] | None:
    """Return the options of a collection of choices, None for any other type."""
    if get_origin(kind) not in (tuple, list, set, frozenset):
        return None
    return _options(get_args(kind)[0])


def _shown(option: Any) -> str:
    return option_word(str(option.value if isinstance(option, Enum) else option))


def _label(info: FieldInfo, name: str) -> str:
    title = info.title or name.replace("_", " ").capitalize()
    unit = str(_extra(info).get("unit", ""))
    return plain(f"{title} ({unit})" if unit else title)


def _extra(info: FieldInfo) -> Mapping[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}


def _bound(info: FieldInfo, *names: str) -> float | None:
    for constraint in info.metadata:
        for name in names:
            bound = getattr(constraint, name, None)
            if bound is not None:
                return float(bound)
    return None


def _format(step: float, value: Any, kind: type) -> str:
    if kind is int:
        return "%d"
    digits = max(len(f"{step:.6f}".rstrip("0").split(".")[1]), 0)
    exact = len(f"{float(value):.2f}".rstrip("0").split(".")[1])
    return f"%.{max(digits, exact)}f"


def _blank(kind: Any) -> Any:
    options = _options(kind)
    return options[0] if options else kind()


def _width(info: FieldInfo) -> int:
    kind, _ = _unwrapped(info.annotation)
    if kind is bool:
        return 130 if len(info.title or "") <= 8 else 220
    if _several(kind) is not None:
        return 520
    return 520 if _is_long(info) else 220


def _is_long(info: FieldInfo) -> bool:
    longest = _bound(info, "max_length", "max_length")
    return longest is not None and longest >= LONG_TEXT
