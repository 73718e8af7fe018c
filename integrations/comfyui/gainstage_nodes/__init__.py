"""Gainstage in ComfyUI: put this folder into ``custom_nodes``; gainstage is installed beside ComfyUI."""

from gainstage.adapters.comfyui import NODE_CLASS_MAPPINGS, NODE_DISPLAY_NAME_MAPPINGS

__all__ = ["NODE_CLASS_MAPPINGS", "NODE_DISPLAY_NAME_MAPPINGS"]
