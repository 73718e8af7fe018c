"""The meter: kernels and the standards they follow."""
