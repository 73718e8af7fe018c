"""Text encoders that only say where they were looked for."""


class T5Tokenizer:
    @staticmethod
    def from_pretrained(place, local_files_only=False):
        assert local_files_only, "a download was about to begin"
        if "/" not in place:
            raise OSError(f"couldn't connect to find {place}")
        return place


class T5EncoderModel(T5Tokenizer):
    pass
