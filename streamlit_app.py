"""The studio's entry. ``streamlit run streamlit_app.py``."""

from core.ui.site import run_site

run_site()
