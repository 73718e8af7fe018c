"""Library: the songs that were made; open or delete them."""

from core.ui.library import library_page
from core.ui.site import draw

draw(library_page)
