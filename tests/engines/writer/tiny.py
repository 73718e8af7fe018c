"""A language model of every part and no training: random weights of a real architecture, under a megabyte."""

from __future__ import annotations

import json

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TEXT = (
    "the tide comes in and carries what I said",
    "a window light is on across the bay",
    "Write the words of a song. Every line has about eight syllables; answer with the lines alone.",
)


def write_tiny(folder, seed=0, window=8192, architecture="qwen2"):
    """Write the checkpoint in the layout of the published ones; it declares itself untrained."""
    import torch
    from transformers import AutoModelForCausalLM, LlamaConfig, Qwen2Config

    tokenizer = write_tokenizer(folder)
    made = {"qwen2": Qwen2Config, "llama": LlamaConfig}[architecture](
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=window,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    torch.manual_seed(seed)
    network = AutoModelForCausalLM.from_config(made)
    with torch.no_grad():
        for weight in network.parameters():
            # Untrained layers barely react to what they are given; these do.
            if weight.ndim > 1:
                weight.normal_(0.0, 0.5)
    letters = set("abcdefghijklmnopqrstuvwxyz\u0120\u010a")
    strange = [n for piece, n in tokenizer.get_vocab().items() if not set(piece) <= letters]
    # Random bytes are no text; letters, spaces and line ends are some.
    network.generation_config.suppress_tokens = [n for n in strange if n != tokenizer.eos_token_id]
    network.save_pretrained(folder)
    (folder / "untrained.json").write_text(json.dumps({"untrained": True}))
    return folder


def write_tokenizer(folder):
    """Write a byte-level tokenizer, as Qwen's and Llama 3's are, with a chat template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    reader = Tokenizer(models.BPE())
    reader.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    reader.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        show_progress=False,
    )
    reader.train_from_iterator(TEXT, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=reader, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    return tokenizer
