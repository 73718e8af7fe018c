import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audio import Audio
from core.contract import Severity, verdict
from core.errors import InputError, NotFoundError
from core.measure import measure
from core.song import SongRequest, Upload
from core.stages.assemble import AssembleSettings, AssembleStage
from tests.stages.material import RATE, found, judged, noise, nothing, plan, plucks, scaled, work

NO_FADE = AssembleSettings(final_fade_s=0)


def assembled(clips, assemble_settings=NO_FADE, song_plan=None, request=None):
    given_work = work(assemble_settings, {"clips": clips}, song_plan=song_plan, request=request)
    return given_work, AssembleStage().run(given_work)


def takes(*seeds, seconds=5.0, level_dbfs=-20.0):
    return {f"clip_{k + 1}": plucks(s, seconds, level_dbfs) for k, s in enumerate(seeds)}


def cuts(whole, length, overlap):
    step = length - overlap
    pieces = [whole.samples[i : i + length] for i in range(0, whole.frames - overlap, step)]
    return {f"clip_{k + 1}": Audio(piece, whole.sample_rate) for k, piece in enumerate(pieces)}


def rms_db(samples):
    return 10 * math.log10(float((samples.astype(np.float64) ** 2).mean()))


def test_a_lone_clip_and_its_stems_pass_bit_exact_when_no_fade_is_asked_for():
    clip, voice = plucks(1), plucks(2)
    _, output = assembled({"clip_1": clip, "clip_1/vocals": voice})
    assert np.array_equal(output.sounds["song"].samples, clip.samples)
    assert np.array_equal(output.sounds["song/vocals"].samples, voice.samples)
    assert output.promise.duration_s == clip.duration_s


def test_the_usual_final_fade_touches_only_the_last_twentieth_of_a_second():
    clip = noise(1)
    _, output = assembled({"clip_1": clip}, AssembleSettings())
    song, fade = output.sounds["song"].samples, round(0.05 * RATE)
    assert np.array_equal(song[:-fade], clip.samples[:-fade])
    assert np.abs(song[-1]).max() < 1e-4


@pytest.mark.parametrize("final_fade_s", [0.5, 4.0, 20.0])
def test_a_long_final_fade_may_reach_over_joins_and_clips(final_fade_s):
    given_work, output = assembled(takes(1, 2, 3), AssembleSettings(final_fade_s=final_fade_s))
    assert [f for f in judged(AssembleStage(), given_work, output) if f.severity is Severity.FAIL] == []


def test_the_length_is_the_sum_less_the_overlaps():
    _, output = assembled(takes(1, 2, 3))
    overlaps = [join.overlap_frames for join in output.figures.joins]
    assert overlaps == [2 * RATE, 2 * RATE]
    assert output.sounds["song"].frames == 15 * RATE - sum(overlaps)
    assert output.promise.duration_s == pytest.approx(11.0)


@pytest.mark.slow
@pytest.mark.parametrize("crossfade_s", [0.0, 0.02, 0.5, 2.0, 10.0])
def test_an_honest_join_of_other_takes_passes_at_every_crossfade_length(crossfade_s):
    given_work, output = assembled(
        takes(1, 2, 3), AssembleSettings(crossfade_s=crossfade_s), song_plan=plan(120)
    )
    assert [f for f in judged(AssembleStage(), given_work, output) if f.severity is Severity.FAIL] == []


def test_uncorrelated_clips_keep_their_level_through_the_fade():
    _, output = assembled({"clip_1": noise(1, 5), "clip_2": noise(2, 5)})
    song = output.sounds["song"].samples
    for start in np.arange(2.5, 5.5, 0.25):
        piece = song[round(start * RATE) : round((start + 0.25) * RATE)]
        assert rms_db(piece) == pytest.approx(-20, abs=0.3)


@pytest.mark.parametrize("crossfade_s", [0.5, 2.0, 4.0])
def test_overlapping_cuts_of_one_performance_become_that_performance(crossfade_s):
    whole = plucks(5, seconds=13)
    clips = cuts(whole, 5 * RATE, 1 * RATE + 17)
    assert len(clips) > 2
    given_work, output = assembled(
        clips, AssembleSettings(crossfade_s=crossfade_s, final_fade_s=0), song_plan=plan(97)
    )
    song = output.sounds["song"].samples
    assert song.shape == whole.samples.shape
    assert np.abs(song - whole.samples).max() < 1e-6
    assert all(join.same_performance for join in output.figures.joins)
    assert (
        verdict([f for f in judged(AssembleStage(), given_work, output) if "join" in f.check]) is Severity.OK
    )


def test_song_and_stems_are_treated_alike_so_that_the_stems_still_sum_to_the_song():
    clips = {}
    for number in (1, 2, 3):
        voice, band = plucks(number, 5), noise(number, 5, -30)
        clips[f"clip_{number}"] = Audio(voice.samples + band.samples, RATE)
        clips[f"clip_{number}/vocals"] = voice
        clips[f"clip_{number}/other"] = band
    given_work, output = assembled(clips, AssembleSettings(match_limit_db=6), song_plan=plan(120))
    total = output.sounds["song/vocals"].samples + output.sounds["song/other"].samples
    assert np.abs(total - output.sounds["song"].samples).max() < 1e-5
    assert not [f for f in judged(AssembleStage(), given_work, output) if f.severity is Severity.FAIL]


@pytest.mark.parametrize("tempo_bpm", [61.0, 97.0, 128.0, 180.0])
def test_every_clip_starts_on_a_beat_when_the_plan_has_a_tempo(tempo_bpm):
    _, output = assembled(takes(1, 2, 3, 4), song_plan=plan(tempo_bpm))
    for join in output.figures.joins:
        beats = join.start_frame / RATE * tempo_bpm / 60
        assert abs(beats - round(beats)) < 1e-3
        assert abs(join.overlap_s - 2) <= 30 / tempo_bpm + 1e-3


def test_the_overlap_is_limited_by_short_clips_and_said_so():
    clips = {"clip_1": plucks(1, 5), "clip_2": plucks(2, 1), "clip_3": plucks(3, 5)}
    given_work, output = assembled(clips)
    assert [join.overlap_frames for join in output.figures.joins] == [RATE // 2, RATE // 2]
    assert any("shorter than asked" in note for note in output.notes)
    assert not [f for f in judged(AssembleStage(), given_work, output) if f.severity is Severity.FAIL]


def test_clips_are_joined_in_the_order_of_their_numbers():
    clips = {f"clip_{k}": plucks(k, 1.0) for k in (10, 9, 1, 2, 3, 4, 5, 6, 7, 8)}
    given_work, output = assembled(clips, AssembleSettings(crossfade_s=0, final_fade_s=0))
    song = output.sounds["song"].samples
    assert np.array_equal(song[:20_000], clips["clip_1"].samples[:20_000])
    assert np.array_equal(song[-20_000:], clips["clip_10"].samples[-20_000:])
    assert not [f for f in judged(AssembleStage(), given_work, output) if f.severity is Severity.FAIL]


def test_matching_brings_clips_together_by_at_most_the_limit_and_declares_each_gain():
    clips = {"clip_1": noise(1, 5, -20), "clip_2": noise(2, 5, -26), "clip_3": noise(3, 5, -40)}
    _, output = assembled(clips, AssembleSettings(match_limit_db=6, final_fade_s=0))
    assert output.figures.clip_gains_db == pytest.approx([-6, 0, 6], abs=0.1)
    last = output.sounds["song"].samples[-RATE:]
    assert rms_db(last) == pytest.approx(-34, abs=0.2)


def test_without_matching_every_gain_is_zero_and_a_spread_is_a_warning():
    clips = {"clip_1": noise(1, 5, -20), "clip_2": noise(2, 5, -26)}
    given_work, output = assembled(clips)
    spread = found(judged(AssembleStage(), given_work, output), "clip_spread")
    assert output.figures.clip_gains_db == (0, 0)
    assert [f.severity for f in spread] == [Severity.WARN]
    assert "6.0 LU" in spread[0].evidence
    _, matched = assembled(clips, AssembleSettings(match_limit_db=6))
    given_work = work(AssembleSettings(match_limit_db=6), {"clips": clips})
    assert found(judged(AssembleStage(), given_work, matched), "clip_spread")[0].severity is Severity.OK


def test_the_dynamics_of_one_performance_are_neither_matched_nor_warned_of():
    whole = plucks(5, seconds=9)
    growing = Audio(whole.samples * np.linspace(0.1, 1, whole.frames, dtype=np.float32)[:, None], RATE)
    given_work, output = assembled(
        cuts(growing, 5 * RATE, RATE), AssembleSettings(match_limit_db=12, final_fade_s=0)
    )
    assert output.figures.clip_gains_db == (0, 0)
    assert np.abs(output.sounds["song"].samples - growing.samples).max() < 1e-6
    assert found(judged(AssembleStage(), given_work, output), "clip_spread") == []


def test_cuts_of_one_performance_are_matched_to_others_together():
    first = cuts(noise(1, 9, -20), 5 * RATE, RATE)
    clips = {**first, "clip_3": noise(2, 5, -28)}
    given_work, output = assembled(clips, AssembleSettings(match_limit_db=12))
    assert output.figures.clip_gains_db == pytest.approx([-4, -4, 4], abs=0.1)
    assert found(judged(AssembleStage(), given_work, output), "clip_spread")[0].severity is Severity.OK


def test_stems_that_not_every_clip_has_are_left_out_and_said_so():
    _, output = assembled({"clip_1": noise(1), "clip_1/vocals": noise(2), "clip_2": noise(3)})
    assert set(output.sounds) == {"song"}
    assert "left out" in output.notes[0]


def test_clips_of_different_rate_or_channels_are_refused():
    with pytest.raises(InputError, match="they differ"):
        assembled({"clip_1": noise(1), "clip_2": noise(2, rate=48_000)})
    with pytest.raises(InputError, match="they differ"):
        assembled({"clip_1": noise(1), "clip_2": noise(2, channels=1)})


def test_no_clips_is_an_error():
    with pytest.raises(NotFoundError):
        assembled({})


def test_a_stem_that_came_silent_in_every_clip_is_chosen_silent():
    clips = takes(1, 2)
    clips |= {"clip_1/vocals": nothing(clips["clip_1"]), "clip_2/vocals": nothing(clips["clip_2"])}
    clips |= {"clip_1/other": clips["clip_1"], "clip_2/other": clips["clip_2"]}
    _, output = assembled(clips)
    assert output.chosen_silent == {"song/vocals"}


def test_an_upload_stays_the_persons_own():
    request = SongRequest(upload=Upload(sounds={"song": "k"}, names={"song": "a.wav"}))
    _, output = assembled({"clip_1": noise(1)}, request=request)
    assert output.uploaded


@pytest.mark.slow
@given(
    lengths=st.lists(st.floats(0.3, 2.5), min_size=2, max_size=5),
    crossfade_s=st.floats(0, 3),
    tempo=st.one_of(st.none(), st.floats(40, 240)),
)
@settings(max_examples=25, deadline=None)
def test_any_clips_keep_the_promises_of_length_and_content(lengths, crossfade_s, tempo):
    clips = {f"clip_{k + 1}": noise(k, seconds, rate=8_000) for k, seconds in enumerate(lengths)}
    given_work, output = assembled(
        clips, AssembleSettings(crossfade_s=crossfade_s), song_plan=plan(tempo) if tempo else None
    )
    overlaps = sum(join.overlap_frames for join in output.figures.joins)
    assert output.sounds["song"].frames == sum(a.frames for a in clips.values()) - overlaps
    kept = found(judged(AssembleStage(), given_work, output), "clips_kept")
    assert [f.severity for f in kept] == [Severity.OK]


# Faults


def judged_fault(clips, change, assemble_settings=NO_FADE):
    """The failing checks when the song is ``change(honest samples, first join)``."""
    given_work, output = assembled(clips, assemble_settings)
    honest = output.sounds["song"].samples.copy()
    bad = Audio(change(honest, output.figures.joins[0]), RATE)
    findings = judged(AssembleStage(), given_work, output, {"song": bad})
    return {f.check: f for f in findings if f.severity is Severity.FAIL}


@pytest.mark.slow
@pytest.mark.parametrize("size", [0.1, 0.3, -0.9])
@pytest.mark.parametrize("where", [0.0, 0.5, 0.99])
def test_a_click_in_a_join_fails_where_it_is(size, where):
    def click(song, join):
        song[join.fade_start_frame + round(where * join.fade_frames)] += np.float32(size)
        return song

    clips = {"clip_1": plucks(1, 5, -26), "clip_2": plucks(2, 5, -26)}
    failures = judged_fault(clips, click)
    assert "join_click" in failures
    assert failures["join_click"].spans[0].start_s == pytest.approx(3.0 + 2.0 * where, abs=0.005)


def butt(clips, fade_frames):
    """A stage that puts the clips end to end where it should have faded."""

    def change(song, join):
        middle = join.fade_start_frame + fade_frames // 2
        a, b = clips["clip_1"].samples, clips["clip_2"].samples
        song[:middle] = a[:middle]
        song[middle:] = b[middle - join.start_frame :]
        return song

    return change


def test_clips_butted_together_fail_as_a_click():
    from tests.stages.material import tone

    clips = {"clip_1": tone(220, 5, -12), "clip_2": tone(311.13, 5, -12)}
    assert "join_click" in judged_fault(clips, butt(clips, 2 * RATE + 150))


def linear(clips):
    def change(song, join):
        first, frames, start = join.fade_start_frame, join.fade_frames, join.start_frame
        ramp = ((np.arange(frames) + 0.5) / frames)[:, None].astype(np.float32)
        a = clips["clip_1"].samples[first : first + frames]
        b = clips["clip_2"].samples[first - start : first - start + frames]
        song[first : first + frames] = (1 - ramp) * a + ramp * b
        return song

    return change


@pytest.mark.parametrize("make", [noise, plucks])
def test_a_linear_crossfade_fails_as_a_dip(make):
    clips = {"clip_1": make(1, 5.0), "clip_2": make(2, 5.0)}
    failures = judged_fault(clips, linear(clips))
    assert set(failures) == {"join_level"}
    assert "dips by" in failures["join_level"].evidence
    assert failures["join_level"].causes == ("a linear crossfade",)


def test_an_equal_power_fade_of_one_performance_fails_as_a_swell():
    clips = cuts(noise(1, 8), 5 * RATE, 2 * RATE)

    def swell(song, join):
        first, frames = join.fade_start_frame, join.fade_frames
        turn = (np.arange(frames) + 0.5) / frames * np.pi / 2
        song[first : first + frames] *= (np.cos(turn) + np.sin(turn)).astype(np.float32)[:, None]
        return song

    failures = judged_fault(clips, swell)
    assert "swells" in failures["join_level"].evidence


def test_clips_that_cancel_each_other_are_a_warning_and_not_the_stages_fault():
    first, after = noise(1, 5), noise(2, 3)
    opposed = Audio(np.concatenate([-first.samples[-2 * RATE :], after.samples]), RATE)
    given_work, output = assembled({"clip_1": first, "clip_2": opposed})
    assert output.figures.joins[0].correlation == pytest.approx(-1)
    level = found(judged(AssembleStage(), given_work, output), "join_level")
    assert [f.severity for f in level] == [Severity.WARN]
    assert "cancel" in level[0].evidence


@pytest.mark.parametrize(
    "change",
    [
        lambda song, join: np.concatenate(
            [song[: join.start_frame], song[: song.shape[0] - join.start_frame]]
        ),
        lambda song, join: np.concatenate([song[:1], song[:-1]]),
        lambda song, join: np.tanh(song * 2) / 2,
        lambda song, join: song * np.float32(0.9),
    ],
    ids=["first clip twice", "one sample late", "bent", "turned down undeclared"],
)
def test_a_clip_that_is_not_in_the_song_as_it_came_fails(change):
    failures = judged_fault(takes(1, 2, level_dbfs=-12), change)
    assert "clips_kept" in failures


def test_a_stem_joined_otherwise_than_the_song_fails():
    clips = takes(1, 2)
    clips |= {"clip_1/vocals": clips["clip_1"], "clip_2/vocals": clips["clip_2"]}
    given_work, output = assembled(clips)
    late = Audio(np.roll(output.sounds["song/vocals"].samples, 100, axis=0), RATE)
    findings = judged(AssembleStage(), given_work, output, {"song/vocals": late})
    assert found(findings, "clips_kept")[0].artifact == "song/vocals"


def test_the_measured_loudness_of_a_join_of_equal_clips_stays():
    _, output = assembled({"clip_1": noise(1, 5), "clip_2": noise(2, 5)})
    loudness = measure(output.sounds["song"]).integrated_lufs
    assert loudness == pytest.approx(measure(noise(1, 5)).integrated_lufs, abs=0.1)


def test_quiet_clips_are_joined_as_well_as_loud_ones():
    clips = {name: scaled(audio, 0.01) for name, audio in takes(1, 2).items()}
    given_work, output = assembled(clips)
    assert not [
        f
        for f in judged(AssembleStage(), given_work, output)
        if f.check.startswith(("join", "clips")) and f.severity is not Severity.OK
    ]
