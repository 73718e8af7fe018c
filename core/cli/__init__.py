"""The command line: the same core, no Streamlit. One file a command."""
