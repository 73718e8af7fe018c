"""Makes the lyric encoder of acestep small, whose size is fixed in the package's code: 345 of 347 MB."""

import functools
import importlib.abc
import importlib.util
import sys

NAME = "acestep.models.ace_step_transformer"


class _Small(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name != NAME:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            module.LyricEncoder = functools.partial(
                module.LyricEncoder, output_size=64, attention_heads=4, linear_units=64
            )

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, _Small())
