"""Tracebacks as Python prints them."""

from __future__ import annotations


def traceback_of(last: str, source: str = "return forward_call(*args, **kwargs)") -> str:
    """Return a traceback that ends in ``last``."""
    return (
        "Traceback (most recent call last):\n"
        '  File "/srv/app/core/engines/child.py", line 181, in answer\n'
        '    values, sounds = method(request["values"], _load(request), report)\n'
        "                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        '  File "/srv/app/.venv/lib/python3.11/site-packages/torch/nn/modules/module.py", line 17, in call\n'
        f"    {source}\n"
        "    " + "^" * len(source) + f"\n{last}\n"
    )
