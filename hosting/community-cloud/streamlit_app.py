"""The entry for Streamlit Community Cloud: the light studio, open to visitors."""

import os
import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:  # Streamlit runs this again for every interaction.
    sys.path.insert(0, ROOT)
os.environ.setdefault("GAINSTAGE_HOSTED", "1")
BETTER = "/usr/share/sounds/sf2/FluidR3_GM.sf2"  # of fluid-soundfont-gm, which packages.txt names
if Path(BETTER).is_file():
    os.environ.setdefault("GAINSTAGE_SOUNDFONT", BETTER)

from core.ui.site import run_site  # noqa: E402

run_site()
