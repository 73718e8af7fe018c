"""Files for people: encoded, tagged, decoded again and measured.

:func:`encode` writes one sound in one format; :func:`deliver` also reads the file back and returns what it
found. The export stage, the command line and the pages use the same two.
"""

from __future__ import annotations

from core.delivery.delivered import Delivered, deliver
from core.delivery.encoder import Encoded, EncodeOptions, encode
from core.delivery.formats import Format
from core.delivery.tags import Tags, read_tags, write_tags

__all__ = [
    "Delivered",
    "EncodeOptions",
    "Encoded",
    "Format",
    "Tags",
    "deliver",
    "encode",
    "read_tags",
    "write_tags",
]
