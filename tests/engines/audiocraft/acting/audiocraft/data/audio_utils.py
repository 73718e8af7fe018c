"""Nothing is converted here."""


def convert_audio(wave, rate, wanted, channels):
    return wave
