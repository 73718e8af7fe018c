"""The shared Streamlit pieces."""
