"""Home: the rack. A prompt, one button, every stage's panel filling in."""

from core.ui.home import home_page
from core.ui.site import draw

draw(home_page)
