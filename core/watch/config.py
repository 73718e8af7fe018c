"""What is watched, read from a TOML file; secrets come from the environment alone.

name = "my space"
every_s = 900

[call]
kind = "http"                       # or command, function, gradio
url = "https://example.org/generate"
headers = { Authorization = "Bearer ${SPACE_TOKEN}" }
json = { prompt = "a calm tune" }
labels = ["worker"]

[webhook]
url = "${HOOK_URL}"
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core.errors import SettingsError
from core.sentences import sentences

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SECRET_HEADERS = re.compile(r"(?i)authorization|cookie|token|secret|key")
_STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class _Call(BaseModel):
    model_config = _STRICT

    timeout_s: float = Field(120.0, gt=0.0, le=3600.0)
    """The whole call, with the download of its sound."""
    retries: int = Field(1, ge=0, le=10)
    """How often a call that gave no sound is made again at once; a failed sound is not asked for again."""


class CommandCall(_Call):
    """A program that writes a sound file to ``{out}``, one of its arguments."""

    kind: Literal["command"]
    command: tuple[str, ...] = Field(min_length=1)
    suffix: str = ".wav"

    @field_validator("command")
    @classmethod
    def _says_where(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not any("{out}" in part for part in value):
            raise ValueError("one of the arguments must be {out}, the file that the program writes")
        return value


class FunctionCall(_Call):
    """A Python function, in a process of its own: it returns what ``gainstage.inspect`` takes."""

    kind: Literal["function"]
    function: str = Field(pattern=r"^[\w.]+:\w+$")
    """``package.module:name``, found from the folder of the configuration."""
    arguments: dict[str, Any] = {}
    rate: int | None = None


class HttpCall(_Call):
    """An address that answers with a sound file, or with JSON that holds one or names its address."""

    kind: Literal["http"]
    url: str = Field(pattern=r"^(https?://|\$\{)")
    method: Literal["GET", "POST"] = "POST"
    headers: dict[str, str] = {}
    json_body: dict[str, Any] | None = Field(None, alias="json")
    audio: str = "audio"
    """Where the JSON holds the sound, names joined by dots: an address, a data: address or base64."""
    labels: tuple[str, ...] = ()
    """Fields of the JSON that are kept beside each verdict, such as the worker that answered."""


class GradioCall(_Call):
    """A Gradio app or Space, by its documented interface: ``/gradio_api/call/NAME``."""

    kind: Literal["gradio"]
    url: str = Field(pattern=r"^(https?://|\$\{)")
    api: str = "/predict"
    data: tuple[Any, ...] = ()
    headers: dict[str, str] = {}
    output: int = Field(0, ge=0)
    """Which of the outputs is the audio."""


Call = Annotated[CommandCall | FunctionCall | HttpCall | GradioCall, Field(discriminator="kind")]


class Webhook(BaseModel):
    """Where changes of verdict are posted as JSON."""

    model_config = _STRICT

    url: str
    headers: dict[str, str] = {}


class Watch(BaseModel):
    """One thing that is watched."""

    model_config = _STRICT

    name: str = Field(min_length=1, max_length=80)
    every_s: float = Field(900.0, ge=0.0, le=7 * 86_400)
    call: Call
    webhook: Webhook | None = None


def read_config(path: Path) -> Watch:
    """Return the configuration in a TOML file, with the environment's values in place of ``${NAME}``.

    Raises SettingsError, in one sentence with its remedy: a file that is not there or not TOML, an unknown or
    wrong setting, a variable that is not set, a secret that is written into the file.
    """
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} cannot be read: {error}.", remedy="Name a TOML file; docs/library.md shows one."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not TOML: {error}.", remedy="Correct that line.") from error
    for place, headers in _headers(plain):
        for name, value in headers.items():
            if _SECRET_HEADERS.search(name) and not _VARIABLE.search(str(value)):
                raise SettingsError(
                    f"{place} holds {name} in plain text, and a configuration is copied and committed.",
                    remedy=f'Put it into the environment and write {name} = "${{NAME}}".',
                )
    try:
        return Watch.model_validate(_filled(plain))
    except ValidationError as error:
        raise SettingsError(
            " ".join(sentences(error, Watch)), remedy=f"Correct {path.name}; docs/library.md shows one."
        ) from error


def _headers(plain: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    places = ((name, plain.get(name)) for name in ("call", "webhook"))
    found = ((f"{name}.headers", table.get("headers")) for name, table in places if isinstance(table, dict))
    return [(place, headers) for place, headers in found if isinstance(headers, dict)]


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _filled(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one) for one in value]
    return _VARIABLE.sub(_of_environment, value) if isinstance(value, str) else value


def _of_environment(found: re.Match[str]) -> str:
    value = os.environ.get(found[1])
    if value is None:
        raise SettingsError(
            f"The configuration names ${{{found[1]}}}, and the environment holds no {found[1]}.",
            remedy=f"Set it where the monitor is started: export {found[1]}=...",
        )
    return value
