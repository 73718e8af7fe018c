"""Operator: what this server does, holds and failed at; for whoever holds the key."""

from core.ui.operator_view import operator_page
from core.ui.site import draw

draw(operator_page)
