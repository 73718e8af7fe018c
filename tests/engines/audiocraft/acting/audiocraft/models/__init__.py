"""A MusicGen that counts as audiocraft 1.3.0 counts, and plays one sine for its seed, words and melody."""

import json
import math
import zlib
from pathlib import Path

import torch

from audiocraft.modules import conditioners

RATE, FRAMES = 32_000, 50


class _Part(torch.nn.Module):
    def __init__(self, values):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor(values))


class MusicGen:
    sample_rate, frame_rate, max_duration = RATE, float(FRAMES), 30

    @staticmethod
    def get_pretrained(folder, device=None):
        return MusicGen(json.loads((Path(folder) / "state_dict.bin").read_text()))

    def __init__(self, told):
        self.audio_channels = told.get("channels", 1)
        conditioners.T5Tokenizer.from_pretrained("t5-base")
        conditioners.T5EncoderModel.from_pretrained("t5-base")
        self.lm, self.compression_model = _Part(told.get("weights", [1.0])), _Part([1.0])
        self.lm.card = 2048
        self.lm.condition_provider = _Part([1.0])
        melody = {"self_wav": conditioners.ChromaStemConditioner()} if told.get("melody") else {}
        self.lm.condition_provider.conditioners = {"description": None, **melody}

    def set_generation_params(self, duration, top_k, temperature, cfg_coef, extend_stride):
        assert extend_stride < self.max_duration
        self.asked = (duration, extend_stride, [top_k, temperature, cfg_coef])

    def set_custom_progress_callback(self, callback):
        self.callback = callback

    def generate(self, words, progress=False):
        return self._play(words, 0.0)

    def generate_with_chroma(self, words, waves, rate, progress=False):
        assert waves.shape[0] == 1 and waves.shape[1] in (1, 2)
        return self._play(words, float(waves.abs().sum()) + rate)

    def _play(self, words, melody):
        duration, stride, others = self.asked
        total, offset, prompt = int(duration * FRAMES), 0, 0
        while offset + prompt < total:
            length = int(min(duration - offset / FRAMES, self.max_duration) * FRAMES)
            for step in range(length - prompt + 3):
                self.callback(1 + step + offset, length - prompt + 3)
            offset += int(FRAMES * stride) if total > self.max_duration * FRAMES else length
            prompt = max(0, length - int(FRAMES * stride)) if total > self.max_duration * FRAMES else 0
        told = f"{words} {melody} {others} {torch.initial_seed()}"
        hz = 100 + zlib.crc32(told.encode()) % 4000
        time = torch.arange(total * RATE // FRAMES) / RATE
        wave = 0.3 * torch.sin(2 * math.pi * hz * time)
        return torch.stack([wave * (1 - 0.5 * channel) for channel in range(self.audio_channels)])[None]
