"""Doctor: what this machine can run, what it cannot, why, and the remedy."""

from core.ui.doctor_view import doctor_page
from core.ui.site import draw

draw(doctor_page)
