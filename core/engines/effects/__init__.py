"""The effect chain: equaliser, de-esser, compressor and reverb for each stem, in a process of its own."""
