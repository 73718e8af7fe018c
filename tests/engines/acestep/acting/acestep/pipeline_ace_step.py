"""An acestep that only acts: the calls and answers of the real one, and a tone for a song."""

import json
import os
import time

import numpy as np
import torch
import torchaudio
from tqdm import tqdm


def snapshot_download(repository, cache_dir=None):
    raise AssertionError("a download was not refused")


class _Part(torch.nn.Linear):
    def __init__(self):
        super().__init__(2, 2)


class ACEStepPipeline:
    def __init__(self, checkpoint_dir=None, dtype="bfloat16", cpu_offload=False, overlapped_decode=False):
        self.checkpoint_dir = checkpoint_dir
        self.dtype = torch.bfloat16 if dtype == "bfloat16" else torch.float32
        self.device = torch.device("cpu")

    def load_checkpoint(self, checkpoint_dir=None):
        with open(os.path.join(checkpoint_dir, "act.json"), encoding="utf-8") as file:
            self.act = json.load(file)
        if self.act.get("how") == "download":
            snapshot_download("ACE-Step/ACE-Step-v1-3.5B", cache_dir=checkpoint_dir)
        self.ace_step_transformer, self.music_dcae, self.text_encoder_model = _Part(), _Part(), _Part()
        if self.act.get("how") == "nan weights":
            self.music_dcae.weight.data[0] = float("nan")

    def __call__(self, **told):
        how = self.act.get("how", "")
        for _, _step in tqdm(enumerate(range(told["infer_step"])), total=told["infer_step"]):
            time.sleep(self.act.get("step_s", 0.0))
        rng = np.random.default_rng(told["manual_seeds"][0])
        frames = int(told["audio_duration"] * 48_000)
        tone = (
            220.0 * 2 ** (rng.integers(0, 24) / 12) + 0.01 * len(told["prompt"]) + 0.1 * len(told["lyrics"])
        )
        sound = 0.3 * np.sin(2 * np.pi * tone * np.arange(frames) / 48_000)
        stereo = torch.from_numpy(np.stack([sound, 0.9 * sound]).astype(np.float32))
        if how == "short":
            stereo = stereo[:, : frames // 2]
        if how == "silent":
            stereo = 0 * stereo
        if how == "nan":
            stereo[0, 5] = float("nan")
        for _ in tqdm(range(1)):
            if how != "no file":
                torchaudio.save(
                    told["save_path"], stereo, sample_rate=48_000, format="wav", backend="soundfile"
                )
        told = {**told, "timecosts": {}}
        return [told] if how == "no path" else {"a": 1} if how == "no list" else [told["save_path"], told]
