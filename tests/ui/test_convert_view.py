"""A native checkpoint is converted from the Models page; visitors are offered nothing of the kind."""

from __future__ import annotations

import pytest

from core.errors import InputError
from core.models.background import CONVERSION, Downloads
from tests.cli.test_ace_step_bad_input import doubled, missing
from tests.models.native.native_files import write_beside, write_native
from tests.ui.conftest import markup


@pytest.fixture
def downloads(fake, tmp_path, monkeypatch):
    monkeypatch.setenv("GAINSTAGE_MODELS", str(tmp_path / "models"))
    fake.downloads = Downloads()
    yield fake.downloads
    fake.downloads.close()


def test_a_press_converts_and_the_page_says_where_it_lies(site, downloads, tmp_path):
    source = write_native(write_beside(tmp_path / "native") / "acestep-v15-turbo")
    page = site("models")
    assert page.button(key="convert_start").disabled, "nothing is named yet"
    page.text_input(key="convert_source").set_value(f" {source} ").run(timeout=120)
    page.button(key="convert_start").click().run(timeout=120)
    job = downloads.job(CONVERSION)
    assert job is not None and job.wait(60) and job.error is None
    made = tmp_path / "models" / "acestep-v15-turbo-diffusers"
    assert (made / "model_index.json").is_file()
    html = markup(page.run(timeout=120))
    assert f"acestep-v15-turbo (turbo) is in {made}" in html and not page.exception


def test_what_cannot_be_converted_is_shown_with_its_remedy(site, downloads, tmp_path):
    downloads.convert(tmp_path / "nowhere", "me")
    job = downloads.job(CONVERSION)
    assert job.wait(60) and job.error is not None
    html = markup(site("models"))
    assert "gs-problem" in html and "nowhere" in html


@pytest.mark.parametrize(
    ("change", "said"),
    [(missing, "lack decoder.norm_out.weight"), (doubled, "null_condition_emb stands in")],
)
def test_keys_that_are_missing_or_doubled_are_named_on_the_page(site, downloads, tmp_path, change, said):
    source = write_native(write_beside(tmp_path / "native") / "acestep-v15-turbo")
    change(source)
    downloads.convert(source, "me")
    job = downloads.job(CONVERSION)
    assert job.wait(60) and job.error is not None
    html = markup(site("models"))
    assert "gs-problem" in html and said in html and "What to do" in html
    assert not (tmp_path / "models" / "acestep-v15-turbo-diffusers").exists()


def test_a_visitor_names_no_path_of_the_machine(site, fake, tmp_path):
    fake.hosted, fake.downloads = True, Downloads(hosted=True)
    page = site("models")
    assert not any(button.key == "convert_start" for button in page.button)
    with pytest.raises(InputError, match="operator"):
        fake.downloads.convert(tmp_path, "a visitor")
    assert fake.downloads.job(CONVERSION) is None
