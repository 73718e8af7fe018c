"""The Fault Lab: every known fault, to hear, to see and to drill."""

from core.ui.fault_lab import fault_lab_page
from core.ui.site import draw

draw(fault_lab_page)
