"""The address under which a browser hears a sound."""

from __future__ import annotations

from streamlit import runtime

from core.studio import Studio


def preview_url(studio: Studio, key: str) -> str | None:
    """Return a relative address of the sound ``key`` as 16-bit WAV, valid until this session's next full run.

    The file goes through Streamlit's media manager, which has no public call for it; it is not
    ``st.audio``, which would normalise an array to its peak and so hide the very faults that are shown.
    None when there is no server, as in a page test.
    """
    if not runtime.exists():
        return None
    manager = runtime.get_instance().media_file_mgr
    return manager.add(str(studio.preview(key)), "audio/wav", f"gainstage-{key}")
