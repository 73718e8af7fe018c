"""Known failures of engines and their machines, recognised by what they print.

    diagnose(error)          what happened, why, and what to do; None for what is not known
    own_words(text)          what such a text says itself
    diagnose_finding(f)      the same for a check's finding: the silence that nothing raised
    explained(f, precision)  a finding with what half precision has to do with it
    diagnosed(error)         an engine's raw error with its diagnosis first
    confirmed(error)         an error that an engine explained itself, with what the machine adds to it

One file holds the entries of one family; ``catalogue.py`` lists the families.
"""

from core.diagnosis.entry import Diagnosis, Scenario
from core.diagnosis.recognise import diagnose, own_words

__all__ = ["Diagnosis", "Scenario", "diagnose", "own_words"]
