"""The studio's entry. ``streamlit run streamlit_app.py``.

Streamlit imports this file for its server, and runs it as the script of each session.
"""

from core.machine.algebra import algebra_in_one_thread

algebra_in_one_thread()  # before numpy is imported

from streamlit.starlette import App  # noqa: E402

if __name__ == "__main__":
    from core.ui.site import run_site

    run_site()
else:
    from starlette.middleware import Middleware

    from core.ui.early import at_start
    from core.ui.guarding import SecurityHeaders
    from core.ui.served import CompressedBundles

    layers = [Middleware(SecurityHeaders), Middleware(CompressedBundles)]
    app = App(__file__, middleware=layers, lifespan=at_start)
