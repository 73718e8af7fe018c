"""Builds the package ``gainstage`` out of the folder ``core``.

The repository calls it ``core``, as many another program calls a package of its own; installed, it is
``gainstage``. While a module is copied into the wheel, every mention of one of our modules is renamed:
imports, and names of modules in strings, by which engines and child processes are started. What this cannot
rename with certainty ends the build. The studio's pages lie in ``gainstage/site``. Where numba is installed
beside the build, the machine code of the numeric loops is made and put in (:mod:`core.meter.shipped`).
"""

from __future__ import annotations

import importlib.util
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tokenize
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
HERE, THERE = "core", "gainstage"
PAGES = ("streamlit_app.py", ".streamlit/config.toml", *(f"pages/{p.name}" for p in ROOT.glob("pages/*.py")))
INNER = "|".join(sorted(p.stem for p in (ROOT / HERE).iterdir() if p.is_dir() or p.suffix == ".py"))
MODULE = re.compile(rf"(?<![\w./]){HERE}(?=\.(?:{INNER})\b)")
COMMAND = re.compile(rf"(?:python3? )?-m {HERE}\b(?!\.)")
PATH = re.compile(rf"(?<![\w./]){HERE}/")
IMPORT = re.compile(rf"(?<=from ){HERE}(?= import)")
ALONE = re.compile(rf"(?s)(?:[rbf]*(['\"]{{1,3}}))?{HERE}\.?(?(1)\1)")
WRITTEN = (tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", -1))
KEEPS_ITS_OWN = ("core/engines/demucs/package.py",)
"""Here ``core`` is numpy's."""


class Unrenamable(Exception):
    """A mention of ``core`` that is not understood."""


def renamed(source: str, name: str) -> str:
    """Return a module's source with every mention of ``core`` as ``gainstage``; raises Unrenamable."""
    if not re.search(rf"\b{HERE}\b", source):
        return source
    lines = source.splitlines(keepends=True)
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    for number in reversed(range(len(tokens))):
        token, before = tokens[number], tokens[number - 1].string
        if token.type in WRITTEN:
            if ALONE.fullmatch(token.string) and name not in KEEPS_ITS_OWN:
                raise _not_understood(token, name)
            _put(lines, token, _mentions(token.string), name)
        elif token.string == HERE and before == "from":
            _put(lines, token, THERE, name)
        elif token.string == HERE and (before == "import" or tokens[number + 1].string == "."):
            raise _not_understood(token, name)
    return "".join(lines)


def _mentions(text: str) -> str:
    for pattern in (MODULE, IMPORT, COMMAND):
        text = pattern.sub(THERE, text)
    return PATH.sub(f"{THERE}/", text)


def _not_understood(token: tokenize.TokenInfo, name: str) -> Unrenamable:
    return Unrenamable(f"{name}, line {token.start[0]}, mentions {HERE} in another way: {token.line.strip()}")


def _put(lines: list[str], token: tokenize.TokenInfo, text: str, name: str) -> None:
    """Put ``text``, which has as many lines, in a token's place."""
    if text == token.string:
        return
    (first, start), (last, stop) = token.start, token.end
    before, after = lines[first - 1][:start], lines[last - 1][stop:]
    whole = "".join(lines[first - 1 : last])
    if whole != before + token.string + after:
        raise _not_understood(token, name)
    lines[first - 1 : last] = (before + text + after).splitlines(keepends=True)


def _shipped_build() -> dict[str, str]:
    """Return the environment of the compiler, as ``core/meter/shipped.py`` states it."""
    place = ROOT / HERE / "meter/shipped.py"
    spec = importlib.util.spec_from_file_location("shipped", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(module.BUILD)


class BuildPy(build_py):
    """Copies ``core`` as ``gainstage``, and the studio's pages beside it."""

    def run(self) -> None:
        """Build afresh: what an earlier build left is no part of this one."""
        if self.editable_mode:
            raise SystemExit(
                "An editable install would import `core` under its own name. Run from the checkout instead "
                "(python -m core), or install without -e."
            )
        shutil.rmtree(Path(self.build_lib) / THERE, ignore_errors=True)
        super().run()
        for page in PAGES:
            self._copy(ROOT / page, Path(self.build_lib) / THERE / "site" / page)
        self._compile()

    def _compile(self) -> None:
        """Put the loops' machine code beside the copied modules, made by them."""
        if importlib.util.find_spec("numba") is None:
            self.announce("numba is not installed: the loops are compiled when they are first used", 2)
            return
        with tempfile.TemporaryDirectory() as empty:
            env = os.environ | {"GAINSTAGE_COMPILES": "1", "NUMBA_CACHE_DIR": empty} | _shipped_build()
            command = [sys.executable, "-B", "-m", f"{THERE}.meter.compile_modules", "--ship"]
            subprocess.run(command, cwd=self.build_lib, env=env, check=True)

    def build_module(self, module: str, module_file: str, package: str) -> tuple[str, bool]:
        """Copy one module, renamed."""
        outfile, copied = super().build_module(module, module_file, package)
        self._copy(Path(module_file), Path(outfile))
        return outfile, copied

    def _copy(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8")
        shown = source.resolve().relative_to(ROOT.resolve()).as_posix()
        target.write_text(renamed(text, shown) if source.suffix == ".py" else text, encoding="utf-8")


def _data(package: str) -> list[str]:
    """Return the files beside a package's modules, and in its folders that are no packages."""
    folder = ROOT / package.replace(".", "/")
    inner = {p.parent for p in folder.rglob("__init__.py")} - {folder}
    return sorted(
        p.relative_to(folder).as_posix()
        for p in folder.rglob("*")
        if p.is_file() and p.suffix not in (".py", ".pyc")
        if "__pycache__" not in p.parts and not inner & set(p.parents)
    )


if __name__ == "__main__":
    found = find_packages(str(ROOT), include=[HERE, f"{HERE}.*"])
    setup(
        packages=[THERE + package.removeprefix(HERE) for package in found],
        package_dir={THERE: HERE},
        package_data={THERE + package.removeprefix(HERE): _data(package) for package in found},
        cmdclass={"build_py": BuildPy},
    )
