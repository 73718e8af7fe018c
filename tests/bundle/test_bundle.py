"""A bundle tells all, hides what is private, is refused when it was harmed, and is made again."""

import dataclasses
import io
import json
import re
import tempfile
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audio import Audio, write
from core.bundle.clean import Cleaner
from core.bundle.manifest import NAME, VERSION, Manifest, member
from core.bundle.read import open_bundle
from core.bundle.replay import Likeness, replay
from core.bundle.write import bundle_bytes, write_bundle
from core.errors import EngineMemoryError, InputError, StorageError
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.studio import Studio
from tests.fakes import HouseEngines, every_sound, raising
from tests.sounds import band

TOKEN = "hf_abcdefghijklmnopqrstuvwx"
REQUEST = SongRequest(prompt=f"rock with {TOKEN} & <b>bold</b>", duration_s=8, seed=3)


def made(home, engines=None, request=REQUEST, values=None):
    home.mkdir(exist_ok=True)
    studio = Studio(home, engines or HouseEngines())
    run_id = studio.start(request, RunSettings().with_values(values or {}), "me")
    return studio, studio.wait(run_id, 600)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A good run's bundle."""
    home = tmp_path_factory.mktemp("home")
    studio, record = made(home)
    path = write_bundle(studio, record, tmp_path_factory.mktemp("out") / "song.zip")
    yield path, record, home
    studio.close()


def contents(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path, out, change):
    """Write the bundle again after ``change`` was done to its members."""
    files = contents(path)
    change(files)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out


def test_a_bundle_tells_what_was_asked_made_measured_and_found(whole):
    path, record, _ = whole
    files = contents(path)
    assert {NAME, "run.json", "machine.json", "log.txt", "report.html"} <= set(files)
    run = json.loads(files["run.json"])
    assert run["settings"]["master"]["target_lufs"] == -14
    assert run["steps"][6]["artifacts"][0]["measurement"]["integrated_lufs"] == pytest.approx(-14, abs=0.1)
    assert run["steps"][6]["findings"]
    assert json.loads(files["machine.json"])["packages"]["numpy"]
    assert files["log.txt"].decode().count("stage=") == len(record.steps)
    assert "excerpts/7-master.flac" in files and "pictures/7-master-master.svg" in files
    opened = open_bundle(path)
    step = opened.manifest.steps[6]
    assert step.sounds == {a.name: a.key for a in record.step("master").artifacts}
    assert opened.excerpt(step.excerpt).duration_s == pytest.approx(4.0, abs=0.01)


def test_nothing_private_travels(tmp_path, monkeypatch):
    monkeypatch.setenv("MY_API_KEY", "quite-a-secret-value")
    home = tmp_path / "a private folder"
    leaked = EngineMemoryError(
        f"It failed in {home}/x and /home/alice/models/big.ckpt.",
        remedy=r"Look at C:\Users\alice\models.",
        detail="token=abcdef123456 sk-abcdefghij0123456789 quite-a-secret-value",
    )
    studio, record = made(home, HouseEngines(harm={"composer": raising(leaked)}))
    try:
        files = contents(write_bundle(studio, record, tmp_path / "b.zip"))
    finally:
        studio.close()
    everything = "\n".join(c.decode("utf-8", "ignore") for n, c in files.items() if not n.endswith(".flac"))
    for secret in (TOKEN, str(home), "alice", "abcdef123456", "sk-abcdefghij", "quite-a-secret"):
        assert secret not in everything, secret
    assert "big.ckpt" in everything


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("see https://example.org/a/b/c", "see https://example.org/a/b/c"),
        ("-14.0 LUFS at 44.1/48 kHz", "-14.0 LUFS at 44.1/48 kHz"),
        ("</p></td><b/>", "</p></td><b/>"),
        ("open /var/lib/models/x.bin now", "open <path>/x.bin now"),
        (r"open \\server\share\x.bin now", "open <path>/x.bin now"),
        ("Bearer: abcdefgh", "<secret>"),
    ],
)
def test_paths_and_keys_are_taken_out_and_the_rest_is_left_alone(text, kept, tmp_path):
    assert Cleaner(tmp_path / "home").text(text) == kept


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.fetched, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.fetched += [value for name, value in attrs if name in ("src", "href") and value]


def test_the_report_stands_by_itself_and_escapes_what_people_write(whole):
    page = _Page()
    text = contents(whole[0])["report.html"].decode()
    page.feed(text)
    assert page.fetched == []
    assert "script" not in page.tags and "b" in page.tags
    assert "&lt;b&gt;bold" in text
    assert "prefers-color-scheme" in text
    assert page.tags.count("svg") >= 7


def test_the_pictures_are_drawings_that_fetch_nothing(whole):
    svg = contents(whole[0])["pictures/7-master-master.svg"].decode()
    assert svg.startswith("<svg") and svg.endswith("</svg>")
    assert not re.search(r"(?:href|src)=", svg)
    assert "LUFS" in svg and "nan" not in svg


def test_a_run_that_failed_on_nan_can_be_bundled(tmp_path):
    nan = every_sound(lambda audio: Audio(np.full_like(audio.samples, np.nan), audio.sample_rate))
    studio, record = made(tmp_path / "home", HouseEngines(harm={"composer": nan}))
    try:
        path = write_bundle(studio, record, tmp_path / "b.zip")
    finally:
        studio.close()
    opened = open_bundle(path)
    assert opened.manifest.steps[1].verdict == "fail"
    assert opened.manifest.steps[1].excerpt is None
    assert "finite" in contents(path)["report.html"].decode()


def test_a_replay_is_bit_exact_stage_by_stage(whole):
    done = replay(open_bundle(whole[0]), HouseEngines())
    # The prompt held a key, which does not travel: the plan that is made without it is another one.
    assert done.first_different == "lyrics"
    assert [s.likeness for s in done.steps[1:]] == [Likeness.EXACT] * 7


def test_an_engine_that_now_makes_something_else_is_named_as_the_first_that_differs(whole):
    louder = every_sound(lambda audio: Audio(audio.samples * np.float32(1.1), audio.sample_rate))
    done = replay(open_bundle(whole[0]), HouseEngines(harm={"composer": louder}))
    assert next(s for s in done.steps if s.stage == "generate").likeness is Likeness.DIFFERENT
    assert "LUFS then" in next(s for s in done.steps if s.stage == "generate").why


def test_rounding_is_within_tolerance_and_noise_is_not(whole):
    def with_noise(level):
        def change(audio):
            noise = level * np.random.default_rng(1).standard_normal(audio.samples.shape)
            return Audio((audio.samples + noise).astype(np.float32), audio.sample_rate)

        return change

    def generate(level):
        def harm(reply):
            sounds = {n: with_noise(level)(a) if n == "clip_1" else a for n, a in reply.sounds.items()}
            return replace(reply, sounds={"clip_1": sounds["clip_1"]})

        return replay(open_bundle(whole[0]), HouseEngines(harm={"composer": harm})).steps[1]

    assert "delivered" in generate(1e-7).why  # its stems are gone: that is told first

    def all_of_it(level):
        engines = HouseEngines(harm={"composer": every_sound(with_noise(level))})
        return replay(open_bundle(whole[0]), engines).steps[1]

    assert all_of_it(1e-7).likeness is Likeness.CLOSE
    assert all_of_it(1e-3).likeness is Likeness.DIFFERENT


def test_brought_stems_travel_along_and_are_replayed(tmp_path):
    (tmp_path / "home").mkdir()
    studio = Studio(tmp_path / "home", HouseEngines())
    good = band()
    for name in ("drums", "bass"):
        write(tmp_path / f"{name}.wav", Audio(good.samples * np.float32(0.4), good.sample_rate))
    upload = studio.upload({f"{name}.wav": tmp_path / f"{name}.wav" for name in ("drums", "bass")})
    record = studio.wait(studio.start(SongRequest(upload=upload), RunSettings(), "me"), 60)
    path = write_bundle(studio, record, tmp_path / "b.zip")
    studio.close()
    opened = open_bundle(path)
    assert set(opened.manifest.inputs) == {"drums", "bass"}
    assert opened.input("drums").key == upload.sounds["drums"]
    assert replay(opened, HouseEngines()).first_different is None


def test_the_reference_of_a_master_travels_along_and_is_replayed(tmp_path):
    (tmp_path / "home").mkdir()
    studio = Studio(tmp_path / "home", HouseEngines())
    good = band()
    for name, gain in (("drums", 0.3), ("bass", 0.5)):
        write(tmp_path / f"{name}.wav", Audio(good.samples * np.float32(gain), good.sample_rate))
    upload = studio.upload({f"{name}.wav": tmp_path / f"{name}.wav" for name in ("drums", "bass")})
    key, _ = studio.keep(Audio(good.samples[::-1].copy(), good.sample_rate))
    like = {"master.reference": json.dumps({"key": key, "name": "Hit.flac"}), "master.take": "loudness"}
    settings = RunSettings().with_values(like)
    record = studio.wait(studio.start(SongRequest(upload=upload), settings, "me"), 60)
    assert record.step("master").main is not None
    path = write_bundle(studio, record, tmp_path / "b.zip")
    studio.close()
    opened = open_bundle(path)
    assert opened.input("master.reference").key == key
    assert replay(opened, HouseEngines()).steps[6].likeness is Likeness.EXACT


def test_a_brought_sound_that_does_not_travel_is_asked_for(tmp_path, whole):
    def forget(files):
        told = json.loads(files[NAME])
        told.pop("seal")
        told["request"]["upload"] = {"sounds": {"song": "0" * 64}, "names": {"song": "x.wav"}}
        files[NAME] = Manifest.model_validate(told).sealed().encode()

    path = rewritten(whole[0], tmp_path / "b.zip", forget)
    with pytest.raises(InputError, match="does not travel with the bundle") as caught:
        replay(open_bundle(path), HouseEngines())
    assert "--with-input" in caught.value.remedy


def _newer(files):
    told = json.loads(files[NAME])
    told["version"] = VERSION + 1
    files[NAME] = json.dumps(told).encode()


def _another_seed(files):
    told = json.loads(files[NAME])
    told["request"]["seed"] = 99
    files[NAME] = json.dumps(told).encode()


HARM = {
    "a newer version": (_newer, "version 2; this studio reads up to 1"),
    "a changed log": (lambda files: files.update({"log.txt": b"all is well"}), "log.txt is not what"),
    "a changed manifest": (_another_seed, "was changed after it was written"),
    "a member more": (lambda files: files.update({"virus.exe": b"x"}), "was changed after it was written"),
    "a member less": (lambda files: files.pop("report.html"), "was changed after it was written"),
    "no manifest": (lambda files: files.pop(NAME), "has no manifest"),
    "a manifest that is no JSON": (lambda files: files.update({NAME: b"\xff{"}), "has no manifest"),
    "a path upwards": (lambda files: files.update({"../../etc/passwd": b"x"}), "outside of itself"),
    "an absolute path": (lambda files: files.update({"/etc/passwd": b"x"}), "outside of itself"),
    "a drive": (lambda files: files.update({"C:/x": b"x"}), "outside of itself"),
    "a bomb": (lambda files: files.update({"log.txt": b"0" * 300_000_000}), "unfold to far more"),
}


@pytest.mark.parametrize("name", HARM)
def test_a_bundle_that_was_harmed_is_refused_in_one_sentence(name, whole, tmp_path):
    change, words = HARM[name]
    path = rewritten(whole[0], tmp_path / "bad.zip", change)
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        open_bundle(path)
    assert caught.value.remedy
    assert "\n" not in caught.value.message


def test_what_is_no_zip_and_what_is_not_there_are_refused(tmp_path):
    (tmp_path / "song.zip").write_bytes(b"RIFF....WAVE")
    with pytest.raises(InputError, match="cannot be opened as a zip"):
        open_bundle(tmp_path / "song.zip")
    with pytest.raises(InputError, match="There is no file"):
        open_bundle(tmp_path / "nothing.zip")


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400), st.integers(0, 10_000))
def test_garbage_is_refused_and_never_a_crash(garbage, at):
    files = {"log.txt": member(b"x")}
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr(NAME, json.dumps({n: m.model_dump() for n, m in files.items()}))
    content = bytearray(memory.getvalue())
    content[at % len(content) : at % len(content) + len(garbage)] = garbage
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "g.zip"
        place.write_bytes(bytes(content))
        with pytest.raises(InputError):
            open_bundle(place)


def test_a_file_that_is_there_stays_and_a_failed_write_leaves_nothing(whole, tmp_path):
    path, record, home = whole
    studio = Studio(home, HouseEngines())
    try:
        with pytest.raises(InputError, match="is there already"):
            write_bundle(studio, record, path)
        assert write_bundle(studio, record, path, overwrite=True).stat().st_size > 1000
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(StorageError):
            write_bundle(studio, record, tmp_path / "file" / "b.zip")
        assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]
        one, two = (bundle_bytes(studio, record) for _ in range(2))
        assert len(one) == pytest.approx(len(two), rel=0.01)
    finally:
        studio.close()


OPERATORS = {
    "lyrics.remote_code": "true",
    "lyrics.checkpoint": '"/net/evil/model"',
    "generate.checkpoint": '"/net/evil/model"',
    "generate.options.ace-step.lora": '"~/x.safetensors"',
    "generate.options.audiocraft.melody": '"/etc/passwd"',
}


@pytest.mark.parametrize("setting", OPERATORS)
def test_what_is_the_operators_is_refused_from_a_bundle_unless_it_is_trusted(setting, whole, monkeypatch):
    class Started(Exception):
        pass

    def start(self, request, settings, owner):
        raise Started

    monkeypatch.setattr(Studio, "start", start)
    opened = open_bundle(whole[0])
    settings = opened.manifest.settings.with_values({setting: OPERATORS[setting]})
    hostile = dataclasses.replace(opened, manifest=opened.manifest.model_copy(update={"settings": settings}))
    with pytest.raises(InputError, match=re.escape(setting)) as refused:
        replay(hostile, HouseEngines())
    assert "--trust" in refused.value.remedy
    with pytest.raises(Started):
        replay(hostile, HouseEngines(), trust=True)
    with pytest.raises(Started):
        replay(opened, HouseEngines())


@pytest.mark.parametrize("at", range(60, 400, 29))
def test_damaged_compressed_bytes_are_one_sentence(tmp_path, at):
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, json.dumps({"a": list(range(3000))}))
    content = bytearray(path.read_bytes())
    content[at : at + 6] = b"\xff" * 6
    path.write_bytes(content)
    with pytest.raises(InputError):
        open_bundle(path)


def test_a_manifest_nested_too_deep_is_no_bundle(tmp_path):
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr(NAME, "[" * 200_000)
    with pytest.raises(InputError, match="no manifest"):
        open_bundle(tmp_path / "b.zip")
