"""What a file says of itself, in every format, read back from the disk."""

import json
import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.delivery import Format, Tags, deliver, encode, read_tags, write_tags
from core.measure import measure
from tests.stages.material import noise, plucks

EVERY = pytest.mark.parametrize("format", list(Format))
FULL = Tags(
    title="Meer – 海 🌊",
    prompt="warm lo-fi piano\nabout the sea",
    engine="Built-in band (no AI model)",
    genre="lo-fi",
    bpm="90",
    key="A minor",
    lyrics="[verse]\nla la",
    comment="The lyrics were not sung: no voice for this script.",
)


@EVERY
def test_every_field_is_read_back_as_it_was_written(format, tmp_path):
    audio = plucks(1)
    tags = FULL.measured(measure(audio))
    found = deliver(audio, tmp_path / f"x{format.suffix}", format, tags)
    assert found.wrong_tags == ()
    assert set(found.found_tags) == set(found.wanted_tags) >= {"TITLE", "PROMPT", "ENGINE", "LYRICS"}
    assert found.found_tags["TITLE"] == "Meer – 海 🌊"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tags")
    return {f: encode(noise(1, seconds=0.5), folder / f"{f}{f.suffix}", f, Tags()).path for f in Format}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(max_size=60), prompt=st.text(max_size=200))
@example(title="a\0b", prompt="\ud800 lone surrogate / (17)")
@example(title="x" * 2_000, prompt="  spaces  ")
def test_any_text_survives_or_is_made_plain(files, title, prompt):
    tags = Tags(title=title, prompt=prompt)
    for format, path in files.items():
        write_tags(path, format, tags)
        assert dict(read_tags(path, format)) == tags.fields()


@EVERY
def test_writing_again_replaces_what_was_there(format, tmp_path):
    path = encode(noise(1, seconds=0.5), tmp_path / f"x{format.suffix}", format, FULL).path
    write_tags(path, format, Tags(title="other"))
    assert dict(read_tags(path, format)) == {"TITLE": "other", "SOFTWARE": "Gainstage"}


def test_loudness_is_told_as_replaygain_2_tells_it():
    reading = measure(plucks(1)).model_copy(
        update={"integrated_lufs": -14.2, "true_peak_dbtp": -1.0, "loudness_range_lu": 4.25}
    )
    fields = Tags(loudness=reading).fields()
    assert fields["REPLAYGAIN_TRACK_GAIN"] == "-3.80 dB"
    assert fields["REPLAYGAIN_TRACK_PEAK"] == "0.891251"
    assert fields["INTEGRATED_LOUDNESS"] == "-14.20 LUFS"
    assert fields["TRUE_PEAK"] == "-1.00 dBTP"
    assert fields["LOUDNESS_RANGE"] == "4.25 LU"


def test_a_sound_without_loudness_says_nothing_of_it():
    short = measure(noise(1, seconds=0.2))
    assert not [name for name in Tags(loudness=short).fields() if "GAIN_" in name or "LOUD" in name]


@pytest.mark.parametrize("format", [Format.MP3, Format.OGG])
def test_a_lossy_file_tells_the_loudness_of_what_it_decodes_to(format, tmp_path):
    audio = plucks(1)
    found = deliver(audio, tmp_path / f"x{format.suffix}", format, FULL.measured(measure(audio)))
    decoded = measure(found.audio)
    assert found.found_tags["TRUE_PEAK"] == f"{decoded.true_peak_dbtp:.2f} dBTP"
    assert decoded.true_peak_dbtp != pytest.approx(measure(audio).true_peak_dbtp, abs=1e-3)


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is missing: apt-get install ffmpeg")
@EVERY
def test_another_program_reads_the_title_and_the_gain(format, tmp_path):
    path = tmp_path / f"x{format.suffix}"
    audio = plucks(1)
    encode(audio, path, format, FULL.measured(measure(audio)))
    command = ["ffprobe", "-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "json", str(path)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    tags = {**told["format"].get("tags", {}), **(told.get("streams") or [{}])[0].get("tags", {})}
    tags = {name.upper(): text for name, text in tags.items()}
    assert tags["TITLE"] == FULL.title
    assert tags["REPLAYGAIN_TRACK_GAIN"].endswith(" dB")
