"""Home: the ways in when there is no song, else the rack of the song that is looked at."""

from __future__ import annotations

from core.errors import NotFoundError
from core.ui import session
from core.ui.problem import show_error
from core.ui.rack import show_run
from core.ui.shell import page
from core.ui.start import show_start


def home_page() -> None:
    """Draw Home."""
    with page("Gainstage", "A song made stage by stage, with the level shown after every stage."):
        studio = session.studio()
        try:
            run = session.current_run()
        except NotFoundError as error:
            session.let_go()
            show_error(error)
            run = None
        if run is None:
            show_start(studio)
            studio.prepare(session.draft())
        else:
            show_run(studio, run)
