import subprocess
import sys

import pytest

MULTIPLY = "import numpy as np; np.ones((400, 400)) @ np.ones((400, 400)); import os;"
THREADS = "print(len(os.listdir('/proc/self/task')))"


def printed(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


@pytest.mark.skipif(sys.platform != "linux", reason="counts the threads in /proc")
@pytest.mark.parametrize(
    "entry",
    [
        "from core.machine.algebra import algebra_in_one_thread; algebra_in_one_thread();",
        "from core.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass\n",
    ],
    ids=["set by itself", "by every command"],
)
def test_numpy_multiplies_in_one_thread(entry):
    assert printed(entry + MULTIPLY + THREADS) == "1"


def test_a_command_looks_for_no_plugins_of_pydantic_in_every_package():
    entry = "import os; from core.cli.main import main; main(['inspect', 'no such file']);"
    assert printed(f"{entry}print(os.environ['PYDANTIC_DISABLE_PLUGINS'])") == "__all__"


def test_what_the_person_set_stays():
    code = "from core.machine.algebra import algebra_in_one_thread as set_; set_(); import os;"
    assert printed(code + "print(os.environ['OPENBLAS_NUM_THREADS'])", OPENBLAS_NUM_THREADS="7") == "7"


def test_the_studios_entry_sets_it_before_numpy_is_there():
    code = "import streamlit_app, sys; assert 'numpy' not in sys.modules;" + MULTIPLY + "print("
    assert printed(code + "os.environ['OPENBLAS_NUM_THREADS'])") == "1"
