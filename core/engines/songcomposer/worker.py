"""The child's side of SongComposer: a question in, lines of words out. Python 3.9 syntax."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.engines.child import WorkerError
from core.engines.shared.own_folder import AGAIN, check_folder
from core.engines.songcomposer.answer import asked_for, lines_of, prompt_of, under_headings
from core.engines.songcomposer.layout import CODE, FILES
from core.engines.weights import fingerprint, is_untrained

Report = Callable[[float, str], None]


class Worker:
    """SongComposer; loads its weights, and runs the code beside them, at the first question."""

    device = "cpu"
    precision = "float32"

    def __init__(self) -> None:
        self._model: Any = None
        self._tokenizer: Any = None
        self._loaded = ("", "")

    def answer(
        self, values: Mapping[str, Any], sounds: Mapping[str, Any], report: Report
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Answer the question of ``values``: as the language model does.

        values: "question", "seed", "checkpoint", and "remote_code", without which nothing is loaded.
        Raises WorkerError; a cancel takes effect between two answers; within one the process is ended.
        """
        if values.get("remote_code") is not True:
            raise WorkerError(
                "SongComposer runs code that comes with its weights, and that is not allowed yet.",
                "Read that code, then switch on the setting lyrics.remote_code, or choose another writer.",
                "engine_input",
            )
        question = str(values.get("question", ""))
        sections = asked_for(question)
        if not sections:
            raise WorkerError(
                "SongComposer was asked for no section.", "Ask for a song that is sung.", "engine_input"
            )
        report(0.0, "Loading SongComposer")
        folder = Path(str(values.get("checkpoint") or "")).expanduser()
        self._ready(folder)
        import torch

        torch.manual_seed(int(values["seed"]) % 2**63)
        report(0.1, "SongComposer writes")
        text = self._model.inference(prompt_of(question), self._tokenizer)
        if not isinstance(text, str):
            raise WorkerError(
                f"SongComposer returned no text: it returned a {type(text).__name__}.",
                "Take the version of the model that its card describes.",
                "engine_output",
            )
        lines = lines_of(text)
        if not lines:
            raise WorkerError(
                "SongComposer's answer holds no line of words.",
                "Write again with another seed, or choose another writer.",
                "engine_output",
                ("the model lost its form", "its weights are not those of songcomposer_sft"),
                text[:2000],
            )
        reply = {
            "text": under_headings(lines, sections),
            "tokens": len(text.split("|")),
            "finished": "<eop>" in text,
            "model": folder.name,
            "notes": ["SongComposer's tune is not used: its words are."],
        }
        if is_untrained(folder):
            reply["untrained"] = True
        return reply, {}

    def _ready(self, folder: Path) -> None:
        wanted = (str(folder), fingerprint(folder) if folder.is_dir() else "")
        if self._model is not None and self._loaded == wanted:
            return
        check_folder(
            folder,
            FILES,
            "SongComposer",
            f"the code is not beside the weights ({CODE})",
            "Download the missing files into that folder.",
        )
        self._model = self._tokenizer = None
        try:
            import torch
            from transformers import AutoModel, AutoTokenizer
        except (ImportError, OSError) as error:
            raise WorkerError(
                f"SongComposer's interpreter lacks what it needs ({type(error).__name__}: {error}).",
                "Install torch, transformers 4.31.0 and sentencepiece 0.1.99 there.",
                "engine_missing",
            ) from error
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(
                str(folder), trust_remote_code=True, local_files_only=True
            )
            model = AutoModel.from_pretrained(
                str(folder),
                trust_remote_code=True,
                local_files_only=True,
                torch_dtype=torch.float16 if torch.cuda.is_available() else torch.float32,
            ).eval()
        except (OSError, ValueError, KeyError, AttributeError, ImportError, RuntimeError) as error:
            if "memory" in str(error).lower():
                raise
            raise WorkerError(
                f"SongComposer in {folder.name} cannot be used ({type(error).__name__}: {error}).",
                AGAIN,
                "engine",
                ("the download was cut off", "transformers there is not 4.31.0"),
            ) from error
        self._model = model.cuda() if torch.cuda.is_available() else model
        self._loaded = wanted
        weight = next(self._model.parameters())
        self.device, self.precision = weight.device.type, str(weight.dtype).replace("torch.", "")
