"""Look at a file: verdict, meters and what the platforms will do, with no run."""

from core.ui.look import look_page
from core.ui.site import draw

draw(look_page)
