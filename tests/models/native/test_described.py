"""A model's JSON is read with one sentence for each way it can be wrong."""

import os

import pytest

from core.errors import EngineError
from core.models.native.described import described


def _huge(file):
    with file.open("wb") as hole:
        os.truncate(hole.fileno(), 2_000_000_000)


def _absent(file):
    file.unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda file: file.write_text('{"a": 1'), "it is no JSON"),
        (lambda file: file.write_bytes(b"\xff\xfe\x00"), "it is no JSON"),
        (lambda file: file.write_text("[" * 100_000), "it is no JSON"),
        (lambda file: file.write_text("[1, 2]"), "it holds a list, not an object"),
        (_huge, "it is 2,000 MB large, more than 64"),
        (_absent, "the disk does not give it"),
    ],
    ids=["cut off", "no text", "nested", "a list", "2 GB", "absent"],
)
def test_what_is_no_description_is_one_sentence(tmp_path, make, said):
    file = tmp_path / "config.json"
    make(file)
    with pytest.raises(EngineError) as caught:
        described(file)
    assert caught.value.message == f"The config.json in {tmp_path.name} cannot be read: {said}."
    assert caught.value.remedy


def test_an_object_is_returned(tmp_path):
    file = tmp_path / "config.json"
    file.write_text('{"model_type": "acestep"}')
    assert described(file) == {"model_type": "acestep"}
