"""A worker that behaves, and misbehaves, on request; run by the host's child under any interpreter."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import numpy as np

from core.engines.child import WorkerError

STATE = []


class Worker:
    device = "cpu"
    precision = "float32"

    def echo(self, values, sounds, report):
        report(0.5, "half way")
        return dict(values, pid=os.getpid()), dict(sounds)

    def writes_into_what_it_was_given(self, values, sounds, report):
        samples, rate = sounds["mix"]
        samples *= 2.0
        return {}, {"mix": (samples, rate)}

    def lets_its_beginning_be_heard(self, values, sounds, report):
        with open(values["first_listen"], "wb") as file:
            file.write(b"RIFF")
        report(0.5, "the beginning is there")
        return {}, {}

    def slow(self, values, sounds, report):
        for step in range(int(values["steps"])):
            report(step / values["steps"], f"step {step}")
            time.sleep(0.02)
        return {"pid": os.getpid()}, {}

    def silent(self, values, sounds, report):
        open(values["mark"], "w").close()
        time.sleep(values["seconds"])
        return {}, {}

    def swallows_cancel(self, values, sounds, report):
        while True:
            with contextlib.suppress(Exception):
                report(0.5, "still here")
            time.sleep(0.02)

    def refuses_to_stop(self, values, sounds, report):
        while True:
            try:
                report(0.5, "never")
            except BaseException:  # noqa: BLE001
                time.sleep(60)
            time.sleep(0.02)

    def remembers(self, values, sounds, report):
        STATE.append(1)
        return {"calls": len(STATE), "pid": os.getpid()}, {}

    def chatters(self, values, sounds, report):
        print("a library greets you")
        os.write(1, b'{"id": 1, "values": {}, "sounds": {}}\n')
        subprocess.run([sys.executable, "-c", "print('and its child too')"], check=True)
        print("x" * 200_000)
        return {"said": True}, {}

    def reads_standard_input(self, values, sounds, report):
        return {
            "read": sys.stdin.read(),
            "child": subprocess.run(["cat"], check=True, capture_output=True).stdout.decode(),
        }, {}

    def raises(self, values, sounds, report):
        raise RuntimeError("first line\nthe shapes do not match")

    def exits(self, values, sounds, report):
        sys.exit("the repository is not there")

    def lacks_a_package(self, values, sounds, report):
        import a_package_that_is_not_there  # noqa: F401

    def lacks_weights(self, values, sounds, report):
        open("/nowhere/weights.ckpt").close()

    def out_of_memory(self, values, sounds, report):
        raise MemoryError

    def needs_a_file_gone(self, values, sounds, report):
        """Memory that another engine holds, of which a file tells."""
        if os.path.exists(values["held"]):
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return {"pid": os.getpid()}, {}

    def cuda_out_of_memory(self, values, sounds, report):
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")

    def explains(self, values, sounds, report):
        raise WorkerError(
            "The song is too long.", remedy="Make it shorter.", kind="engine_input", causes=("it is 9 h",)
        )

    def leaves(self, values, sounds, report):
        print("the last words", file=sys.stderr, flush=True)
        os._exit(7)

    def is_killed(self, values, sounds, report):
        os.kill(os.getpid(), signal.SIGKILL)

    def crashes(self, values, sounds, report):
        os.kill(os.getpid(), signal.SIGSEGV)

    def leaves_a_grandchild(self, values, sounds, report):
        child = subprocess.Popen(["sleep", "60"])
        with open(values["mark"], "w") as file:
            file.write(str(child.pid))
        os._exit(1)

    def returns(self, values, sounds, report):
        good = np.full((1000, 2), 0.1, np.float32)
        bad = {
            "path": "/tmp/out.wav",
            "list": [0.0, 0.1],
            "none": None,
            "swapped": (np.ascontiguousarray(good.T), 44100),
            "int16": ((good * 32767).astype(np.int16), 44100),
            "empty": (good[:0], 44100),
            "no rate": good,
            "rate 0": (good, 0),
            "objects": (np.array([None, 1]), 44100),
            "complex": (good.astype(np.complex64), 44100),
            "mono": (good[:, 0], np.int64(44100)),
        }
        return {}, {"out": bad[values["what"]]}

    def returns_no_dict(self, values, sounds, report):
        return {}, [1, 2]

    def returns_nothing(self, values, sounds, report):
        return None

    def returns_numbers(self, values, sounds, report):
        return {"level": np.float32(0.5), "count": np.int64(3), "text": "café 歌"}, {}

    def returns_a_set(self, values, sounds, report):
        return {"names": {1, 2}}, {}

    def tells_environment(self, values, sounds, report):
        keep = ("HF_HUB_OFFLINE", "OMP_NUM_THREADS", "PYTHONPATH")
        return {"env": {name: os.environ.get(name) for name in keep}, "version": sys.version_info[:2]}, {}
