"""One player's process: MIDI files in, sound out, until its pipe closes. Run as a script.

The renderer holds the interpreter's lock while it plays, so that two parts sound at the same time only in two
processes. ``python player.py SOUNDFONT``; each message is a length (4 bytes, little endian) and that many
bytes. An answer starts with one byte: 0 and a WAV file, or 1 and the reason for its failure.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import IO

LENGTH = struct.Struct("<I")
DONE, FAILED = b"\0", b"\1"


def read_message(pipe: IO[bytes]) -> bytes:
    """Return the next message; empty when the pipe is closed."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return b""
    return pipe.read(LENGTH.unpack(head)[0])


def write_message(pipe: IO[bytes], *parts: bytes) -> None:
    """Write one message, in parts that need not be copied together."""
    pipe.write(LENGTH.pack(sum(map(len, parts))))
    for part in parts:
        pipe.write(part)
    pipe.flush()


def main() -> None:
    """Answer messages until the pipe closes."""
    import midirenderer

    soundfont = Path(sys.argv[1]).read_bytes()
    while midi := read_message(sys.stdin.buffer):
        try:
            answer = (DONE, bytes(midirenderer.render_wave_from(soundfont, midi)))
        except (ValueError, RuntimeError, OSError) as error:
            answer = (FAILED, str(error).encode("utf-8", "replace"))
        write_message(sys.stdout.buffer, *answer)
        del answer  # The next part's sound needs its place.


if __name__ == "__main__":
    main()
