"""The generate stage: its settings and its panel."""

from core.ui.site import draw
from core.ui.stage_page import stage_page

draw(stage_page, "generate")
