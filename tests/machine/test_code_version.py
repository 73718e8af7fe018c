"""The code's version follows its bytes."""

from __future__ import annotations

from core.machine import code_version


def test_any_change_of_any_module_is_another_version(tmp_path, monkeypatch):
    def version():
        code_version.code_version.cache_clear()
        return code_version.code_version()

    monkeypatch.setattr(code_version, "_CORE", tmp_path)
    (tmp_path / "checks").mkdir()
    module = tmp_path / "checks" / "peaks.py"
    module.write_text("LIMIT = 1")
    first = version()
    assert version() == first
    module.write_text("LIMIT = 2")
    assert version() != first
    module.write_text("LIMIT = 1")
    module.rename(tmp_path / "peaks.py")
    assert version() != first
    code_version.code_version.cache_clear()
