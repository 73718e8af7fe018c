"""The models' weights as files: what there is, what it takes, bringing them here and proving them whole.

The standard library's HTTP client is used, and not huggingface_hub's: the light installation has no
huggingface_hub, its release 2.4 starts an interrupted file from its first byte, and it takes small files
without comparing their checksums.
"""
