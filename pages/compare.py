"""Compare: what each step did, which one broke the sound, and two sounds by ear."""

from core.ui.compare_page import compare_page
from core.ui.site import draw

draw(compare_page)
