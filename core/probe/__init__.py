"""The probe: steps of anybody's pipeline, judged as a chain and stored as a run that the studio opens."""
