"""A transformers that only acts: it loads a folder's ``act.json`` where a model's own code would run."""

import json
import os

import torch


def _act(folder):
    with open(os.path.join(folder, "act.json"), encoding="utf-8") as file:
        return json.load(file)


class AutoTokenizer:
    @staticmethod
    def from_pretrained(folder, trust_remote_code=False, local_files_only=False):
        assert trust_remote_code and local_files_only
        return "tokenizer"


class _Model(torch.nn.Linear):
    def __init__(self, act):
        super().__init__(1, 1)
        self.act = act

    def inference(self, prompt, tokenizer):
        assert tokenizer == "tokenizer"
        with open(os.path.join(self.act["folder"], "asked.txt"), "w", encoding="utf-8") as file:
            file.write(prompt)
        if "answer" in self.act:
            return self.act["answer"]
        drawn = torch.randint(0, 26, (6,)).tolist()
        word = "".join("abcdefghijklmnopqrstuvwxyz"[number] for number in drawn)
        count = int(prompt.rsplit("Total ", 1)[1].split()[0])
        line = "|".join(
            f"{text},<D4>,<137>,<79>" for text in ["I", "walk", "the", "old", word, "once", "more"]
        )
        return (
            f"<bop> Total {count} lines. "
            + "".join(f"The {number}th line:{line}\n" for number in range(1, count + 1))
            + "<eop>"
        )


class AutoModel:
    @staticmethod
    def from_pretrained(folder, trust_remote_code=False, local_files_only=False, torch_dtype=None):
        act = _act(folder)
        if act.get("how") == "broken":
            raise OSError("Unable to load weights from pytorch checkpoint file")
        return _Model({**act, "folder": folder})
