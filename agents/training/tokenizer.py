"""The small model's tokenizer: byte-level BPE over the project's own prompts, with Qwen3-VL's special tokens.

Answers, motives and offsets are tokens of their own, so that each answer is one token wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from agents.policy.answer import ANSWERS
from agents.policy.explorer import MOTIVES
from pmd_gym.errors import ConfigError

VOCABULARY = 1536
SPECIAL = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
    "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>",
)  # fmt: skip
OFFSETS = tuple(f"{number:+d}" for number in range(-7, 8))

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content %}"
    "{% if part.type == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part.text }}{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""Chat template in the shape of Qwen3-VL's."""


def token_id(tokenizer: Tokenizer, word: str) -> int:
    """The number of a token; ConfigError where the tokenizer lacks it."""
    number = tokenizer.token_to_id(word)
    if number is None:
        raise ConfigError(f"this tokenizer has no token {word!r}; it was made by another version, train a new one")
    return int(number)


def train_tokenizer(texts: Iterable[str]) -> Tokenizer:
    """A tokenizer for texts like these; the same texts give the same tokenizer."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    own = (*ANSWERS, *MOTIVES, *OFFSETS)
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(SPECIAL) - len(own), show_progress=False, min_frequency=20,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.add_tokens([AddedToken(word, single_word=word[0] not in "+-", normalized=False) for word in own])
    return tokenizer
