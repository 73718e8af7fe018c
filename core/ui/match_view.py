"""How well each take matches its prompt, by ACE-Step's planner: asked by a press, shown beside the takes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from core.runs.record import RunRecord, StepRecord
from core.runs.understanding import About, Answer
from core.studio import Studio
from core.ui import session
from core.ui.problem import act
from core.ui.question_view import follow_question

UNIT = "nats a code"


def offer_matches(studio: Studio, run: RunRecord, takes: Mapping[int, StepRecord]) -> None:
    """Draw the press that scores the takes; nothing without a planner, or for a song without a prompt."""
    prompt = run.request.prompt.strip()
    sounds = {step.main.key: partial(studio.audio, step.main.key) for step in takes.values() if step.main}
    if not prompt or not sounds or studio.understanding.missing(run.settings.generate) is not None:
        return
    name = _name(run)
    lyrics = run.step("lyrics").lyrics
    question = studio.understanding.question(name)
    live = question is not None and question.job.live
    if not live and not sounds.keys() <= matches(studio, run).keys():
        st.button(
            "Score against the prompt",
            key="score_takes",
            help=f"ACE-Step's planner reads each take: {UNIT} by which the prompt makes it likelier; above 0 "
            "it does.",
            on_click=act(studio.understanding.begin),
            args=(name, session.owner(), sounds, run.settings.generate),
            kwargs={"about": About(False, prompt, lyrics.text if lyrics else "")},
        )
    follow_question(studio, name)


def matches(studio: Studio, run: RunRecord) -> dict[str, str]:
    """Return how well each sound of a run that was scored matches its prompt, in words, by its key."""
    question = studio.understanding.question(_name(run))
    answers: Mapping[str, Answer] = question.answers if question else {}
    return {
        key: f"match {answer.match:+.2f} {UNIT}{' (untrained)' if answer.untrained else ''}"
        for key, answer in list(answers.items())
        if answer.match is not None
    }


def _name(run: RunRecord) -> str:
    return f"match/{run.id}"
