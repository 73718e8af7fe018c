"""Reference mastering by matchering: which equaliser gives a mix the tone of another track."""
