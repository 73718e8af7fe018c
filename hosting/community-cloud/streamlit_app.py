"""The entry for Streamlit Community Cloud: the light studio, open to visitors."""

import os
import sys
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:  # Streamlit runs this again for every interaction.
    sys.path.insert(0, ROOT)
os.environ.setdefault("GAINSTAGE_HOSTED", "1")

from core.ui.site import run_site  # noqa: E402

run_site()
