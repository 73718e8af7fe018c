"""What lyrics come wrapped in: JSON, one line with escaped line ends, a subtitle file, a lyric site's page.

:func:`lines_of` returns the lines as the rest of the parser reads them, times as LRC writes them;
:func:`framed` says which of them belong to the wrapping alone.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence

_KEYS = ("lyrics", "text", "content", "song")
_TTML = re.compile(r"<p\b[^>]*\bbegin=\"(?P<begin>[^\"]+)\"[^>]*>(?P<words>.*?)</p>", re.S)
_TAG = re.compile(r"<[^<>]*>")
_ASS = re.compile(
    r"^(?:Dialogue|Comment):\s*[^,]*,(?P<begin>\d+:\d\d:\d\d[.:]\d+),(?:[^,]*,){7}(?P<words>.*)$"
)
_ASS_MARK = re.compile(r"\{\\[^{}]*\}")
_SBV = re.compile(r"^(?P<begin>\d+:\d\d:\d\d\.\d+),(?P<end>\d+:\d\d:\d\d\.\d+)\s*$")
_CLOCK = re.compile(r"^\s*[(\[]?(?P<clock>(?:\d{1,2}:)?\d{1,3}:\d\d)[)\]]?(?:\s+(?!-)(?P<words>\S.*)|\s*)$")
_CHORD_TAG = re.compile(r"\[ch\](?P<chord>.*?)\[/ch\]|\[/?(?:ch|tab)\]")
_GLUED = (
    re.compile(r"(?<!\d)\d+ Contributors?.{0,400}?Lyrics(?=\s*\[)"),
    re.compile(r"See .{1,60}? Live(?=\s*Get tickets)"),
    re.compile(r"Get tickets as low as \$\d+"),
    re.compile(r"You might also like"),
    re.compile(r"(?<!\d)\d*Embed\s*$"),
)
"""What a copied page of a lyric site has between its lines, without line ends of its own."""
_THOUGHT = re.compile(r"^\s*<(?P<name>think|thinking|reasoning)>")
_VTT_BLOCK = re.compile(r"^(?:NOTE|STYLE|REGION)\b")
_FEWEST_CLOCKS, _SHARE_OF_CLOCKS = 2, 0.4
_RUN = re.compile(r"([\W\d_])\1{99,}")
"""A hundred of one sign and more, which no line of a song has."""
_LONGEST_LINE = 1000
"""In characters. What reads lines looks at some of them once for each character of the line."""


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, out of whatever they are wrapped in; a plain text's are its own."""
    text = _RUN.sub(lambda run: run[0][:100], _unquoted(_out_of_json(text.lstrip("\ufeff"))))
    if "\n" not in text.strip() and text.count("\\n") > 1:
        text = text.replace("\\r", "").replace("\\n", "\n").replace('\\"', '"')
    if "<tt" in text and (timed := _TTML.findall(text)):
        return [f"{lrc_stamp(begin)}{_words(words)}" for begin, words in timed]
    if "Contributor" in text or "You might also like" in text:
        for glued in _GLUED:
            text = glued.sub(_on_its_own, text)
    if "[ch]" in text:
        text = _CHORD_TAG.sub(lambda found: f"[{found['chord']}]" if found["chord"] else "", text)
    lines = [_of_subtitle(line) for whole in text.splitlines() for line in _bounded(whole)]
    return _with_clocks(lines)


def _bounded(line: str) -> Iterator[str]:
    """Cut a line that is too long at its spaces."""
    while len(line) > _LONGEST_LINE:
        at = line.rfind(" ", 1, _LONGEST_LINE)
        at = at if at > 0 else _LONGEST_LINE
        yield line[:at]
        line = line[at:]
    yield line


def framed(lines: Sequence[str]) -> dict[int, str]:
    """Return the lines that are no lyrics by where they stand, and why."""
    return dict([*_thoughts(lines), *_blocks(lines), *_script(lines)])


def nfc(text: str) -> str:
    """Return a text with composed letters: file names and texts of macOS have them in two parts."""
    return unicodedata.normalize("NFC", text)


def _on_its_own(found: re.Match[str]) -> str:
    """Return what was found as a line of its own."""
    before, after = found.string[: found.start()], found.string[found.end() :]
    return (
        ("\n" if before and before[-1] != "\n" else "")
        + found[0]
        + ("\n" if after and after[0] != "\n" else "")
    )


def _out_of_json(text: str) -> str:
    """Return the lyrics of a JSON object, with its title; another text as it is."""
    if not text.lstrip().startswith("{"):
        return text
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(read, dict):
        return text
    found = next((read[key] for key in _KEYS if isinstance(read.get(key), str)), None)
    if found is None:
        return text
    title = read.get("title")
    return f"Title: {title}\n{found}" if isinstance(title, str) and title.strip() else found


def _unquoted(text: str) -> str:
    """Return a text of several lines without the one pair of quotation marks around it."""
    bare = text.strip()
    pairs = (("“", "”"), ("«", "»"), ("„", "“"), ('"', '"'))
    for opening, closing in pairs:
        inside = bare[1:-1]
        if bare[:1] == opening and bare[-1:] == closing and "\n" in bare and opening not in inside:
            return inside
    return text


def _of_subtitle(line: str) -> str:
    """Return a line of SubStation Alpha or SubViewer as LRC or SRT writes it."""
    if found := _ASS.match(line):
        words = _ASS_MARK.sub("", found["words"]).replace(chr(92) + "N", " ")
        return f"{lrc_stamp(found['begin'])}{_words(words)}"
    if found := _SBV.match(line):
        return f"{found['begin']} --> {found['end']}"
    return _ASS_MARK.sub("", line)


def _with_clocks(lines: list[str]) -> list[str]:
    """Return a transcript with its times before the words, ``0:12`` on a line of its own or in front."""
    clocks = [_CLOCK.match(line) for line in lines]
    count, filled = sum(map(bool, clocks)), sum(bool(line.strip()) for line in lines)
    if count < _FEWEST_CLOCKS or count < _SHARE_OF_CLOCKS * filled:
        return lines
    out, waiting = [], ""
    for line, clock in zip(lines, clocks, strict=True):
        if clock is None:
            out.append(waiting + line if line.strip() else line)
            waiting = "" if line.strip() else waiting
        else:
            waiting = lrc_stamp(clock["clock"])
            if clock["words"]:
                out.append(waiting + clock["words"])
                waiting = ""
    return out


def lrc_stamp(clock: str) -> str:
    """Return a time of another format, ``1:02:03.4``, ``63.4s`` or ``2:03``, as LRC's stamp."""
    figures = re.findall(r"\d+(?:\.\d+)?", clock)
    seconds = 0.0
    for figure in figures:
        seconds = 60.0 * seconds + float(figure)
    return f"[{int(seconds // 60) % 1000:02}:{seconds % 60:05.2f}]"


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(_TAG.sub("", text))).strip()


def _thoughts(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield what a chat program thinks before it answers."""
    closing = ""
    for number, line in enumerate(lines):
        if opened := _THOUGHT.match(line):
            closing = f"</{opened['name']}>"
        if closing and any(closing in later for later in lines[number:]):
            yield number, "what a chat program thinks"
        if closing and closing in line:
            closing = ""


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the notes and styles of a WebVTT file, each to its blank line."""
    if not lines or not lines[0].lstrip().startswith("WEBVTT"):
        return
    inside = False
    for number, line in enumerate(lines):
        inside = bool(line.strip()) and (inside or bool(_VTT_BLOCK.match(line)))
        if inside:
            yield number, "a note or style of WebVTT"


def _script(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield what stands about the dialogue of SubStation Alpha."""
    if not any(line.strip() == "[Events]" for line in lines):
        return
    for number, line in enumerate(lines):
        if line.strip() and not re.match(r"^\[\d+:\d", line):
            yield number, "a script's header"
