"""The monitor: calls a generator on a schedule, judges what comes back, and reports changes."""
