"""How many bytes of tensors are alive at once while something computes; on the meta device for nothing."""

from __future__ import annotations

import weakref

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class LiveTensors(TorchDispatchMode):
    """Counts the storages that operations return, until they are freed; ``peak`` in bytes."""

    def __init__(self, held=()):
        super().__init__()
        self._held = {tensor.untyped_storage()._cdata for tensor in held}
        self._live = {}
        self._now = 0
        self.peak = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        for tensor in made if isinstance(made, (tuple, list)) else [made]:
            if isinstance(tensor, torch.Tensor):
                self._count(tensor.untyped_storage())
        return made

    def _count(self, storage):
        key, size = storage._cdata, storage.nbytes()
        if key in self._live or key in self._held:
            return
        self._live[key] = size
        self._now += size
        self.peak = max(self.peak, self._now)
        weakref.finalize(storage, self._freed, key)

    def _freed(self, key):
        self._now -= self._live.pop(key, 0)
