"""Side-by-side figures on the machine at hand; never part of the tests. ``python -m benchmarks.meter``."""
