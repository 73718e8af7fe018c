"""The entry for Streamlit Community Cloud: the light studio, open to visitors."""

import os
import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:  # Streamlit runs this again for every interaction.
    sys.path.insert(0, ROOT)
os.environ.setdefault("GAINSTAGE_HOSTED", "1")

from core.machine.resources import memory  # noqa: E402
from core.ui.site import run_site  # noqa: E402

BETTER = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")  # of fluid-soundfont-gm, which packages.txt names
NEEDS = 2_450_000_000  # bytes, for the longest song: it takes 390 MB more than the bundled SoundFont
if BETTER.is_file() and (memory().limit or memory().total or 0) >= NEEDS:
    os.environ.setdefault("GAINSTAGE_SOUNDFONT", str(BETTER))

run_site()
