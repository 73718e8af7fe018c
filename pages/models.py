"""Models: what each engine's weights are, where they lie, what is missing, and downloads."""

from core.ui.models_page import models_page
from core.ui.site import draw

draw(models_page)
