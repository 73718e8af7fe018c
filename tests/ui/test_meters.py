"""The readings as HTML: each says what it is, to pointer, touch and keyboard."""

from __future__ import annotations

import re
from html import unescape

import numpy as np

from core.audio import Audio
from core.measure import measure
from core.ui.meters import METERS, Row, grid, table, tip

READING = measure(Audio(np.full((44_100, 2), 0.1, np.float32), 44_100))
TIP = re.compile(r'<span class="gs-tip" tabindex="0" data-tip="([^"]*)">([^<]*)</span>')


def test_every_reading_has_its_help_where_a_finger_and_the_keyboard_reach_it() -> None:
    helps = [(meter.help, meter.label) for meter in METERS]
    for html in (grid(READING), table([Row("vocals", READING)])):
        assert [(unescape(help), label) for help, label in TIP.findall(html)] == helps


def test_a_tip_is_escaped() -> None:
    html = tip("<b>", 'a "b" <c>')
    assert "&lt;b&gt;" in html and "&quot;b&quot;" in html and "<c>" not in html
