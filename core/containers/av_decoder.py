"""The child process that decodes a file with FFmpeg's libraries (PyAV), and streams its samples.

``python -m core.containers.av_decoder PATH MOST_SAMPLES LONGEST_S`` writes one line of JSON (rate, channels,
container, codec, announced_s), then float32 samples, interleaved; at the end one line of JSON (skipped) on
standard error. It stops once it has sent more than either. What cannot be decoded is one line of JSON
(error) on standard error, and exit status 1.
"""

from __future__ import annotations

import faulthandler
import json
import sys
from pathlib import Path
from typing import Any

CONTAINERS = (
    "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,iff,matroska,webm,mov,mp4,m4a,3gp,3g2,"
    "mj2,mp3,mpc,mpc8,mpeg,mpegts,ogg,tak,tta,w64,wav,wv"
)
"""Demuxers that may open a file. Playlists, pictures and network formats are not among them."""
STATES_ITS_LENGTH = ("mov", "matroska", "asf", "wv", "ape", "tta", "caf", "dsf", "wav", "aiff")
"""Containers whose length is stated and not estimated from a bit rate."""
STUCK_S = 60.0
MOST_BYTES = 3 << 30
MOST_SKIPPED = 10_000


def decode(path: Path, most_samples: int, longest_s: float) -> None:
    """Write the file's first sound stream to standard output; raises av.FFmpegError or ValueError."""
    import av

    av.logging.set_level(None)
    # Opened by us, so that no name in the file can lead to another file or to the network.
    with path.open("rb") as source, av.open(source, options={"format_whitelist": CONTAINERS}) as container:
        if not container.streams.audio:
            raise ValueError("it holds no sound, only pictures or text")
        stream = container.streams.audio[0]
        skipped, sent = 0, 0
        resampler, form = None, None
        packets = container.demux(stream)
        while True:
            faulthandler.dump_traceback_later(STUCK_S, exit=True)
            try:
                packet = next(packets, None)
                if packet is None:
                    break
                frames = packet.decode()
            except av.EOFError:
                break
            except av.FFmpegError:
                skipped += 1
                if skipped > MOST_SKIPPED:
                    raise
                continue
            for frame in frames:
                if resampler is None:
                    _head(container, stream, frame)
                    layout, rate = frame.layout, frame.sample_rate
                now = (frame.format.name, frame.layout.name, frame.sample_rate)
                if now != form:
                    sent += _send(resampler.resample(None)) if resampler else 0
                    resampler, form = av.AudioResampler("flt", layout, rate), now
                frame.pts = None
                assert resampler is not None
                sent += _send(resampler.resample(frame))
            if sent > most_samples or (resampler and sent > longest_s * rate * layout.nb_channels):
                break
        if resampler is None:
            raise ValueError("none of its sound can be decoded")
        _send(resampler.resample(None))
    sys.stderr.write(json.dumps({"skipped": skipped}) + "\n")


def _head(container: Any, stream: Any, frame: Any) -> None:
    name = container.format.name
    stated = name.startswith(STATES_ITS_LENGTH) and container.duration
    head = {
        "rate": frame.sample_rate,
        "channels": frame.layout.nb_channels,
        "container": name,
        "codec": stream.codec_context.name,
        "announced_s": container.duration / 1e6 if stated else None,
    }
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")


def _send(frames: Any) -> int:
    sent = 0
    for frame in frames:
        samples = frame.to_ndarray()
        sys.stdout.buffer.write(samples.tobytes())
        sent += samples.size
    return sent


def _bounded() -> None:
    """Bound this process's memory where the system can."""
    try:
        import resource
    except ImportError:  # Windows has no such limits.
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_BYTES if hard == resource.RLIM_INFINITY else min(MOST_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def main() -> int:
    """Decode the file that the command line names; return the exit status."""
    _bounded()
    faulthandler.dump_traceback_later(STUCK_S, exit=True)
    import av

    try:
        decode(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
        sys.stdout.flush()
    except (av.FFmpegError, ValueError, MemoryError, OSError) as error:
        sys.stderr.write(json.dumps({"error": str(error) or type(error).__name__}) + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
