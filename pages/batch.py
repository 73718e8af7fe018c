"""Batch: many songs from a list or a grid."""

from core.ui.batch_view import batch_page
from core.ui.site import draw

draw(batch_page)
