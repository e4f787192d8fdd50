"""What vision-language models are asked, all in one place, and how a question is put where a model has no template."""

import hashlib

CAPTION = (
    "Describe this frame of a film in two sentences: the place, the weather and the light, the people and animals, "
    "what they do, and the mood."
)
"""A caption, for matching with the vocabulary."""

TAGS = "Which tags fit the film that this frame is from? Answer with the tags alone, separated by commas."
"""Tags directly: what adapters are taught to answer."""

TAGS_OF_CAPTION = (
    'A frame of a film was described so: "{caption}" Which tags fit? Answer with the tags alone, separated by commas.'
)
"""Tags of a caption that is there already; `of_caption` fills it in."""

_NAMES = {CAPTION: "caption", TAGS: "tags"}

# As published on the models' cards, for folders that bring no chat template along.
PUBLISHED = {
    "llava": "USER: <image>\n{question} ASSISTANT:",
    "vipllava": "###Human: <image>\n{question}###Assistant:",
    "llava_next": "[INST] <image>\n{question} [/INST]",
    "llava_onevision": "<|im_start|>user <image>\n{question}<|im_end|><|im_start|>assistant\n",
    "idefics3": "<|begin_of_text|>User:<image>{question}<end_of_utterance>\nAssistant:",
    "smolvlm": "<|im_start|>User:<image>{question}<end_of_utterance>\nAssistant:",
    "qwen2_vl": (
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n"
        "<|vision_start|><|image_pad|><|vision_end|>{question}<|im_end|>\n<|im_start|>assistant\n"
    ),
    "paligemma": "<image>{question}",
    "blip-2": "Question: {question} Answer:",
    "instructblip": "{question}",
}
PUBLISHED["qwen2_5_vl"] = PUBLISHED["qwen2_vl"]


def of_caption(caption: str) -> str:
    """The question for the tags of a caption."""
    return TAGS_OF_CAPTION.format(caption=caption.replace('"', "'"))


def among(names: list[str]) -> str:
    """The question for tags that shows which there are: for models that were not taught them."""
    return f"{TAGS} Use only these: {', '.join(names)}."


def name_of(prompt: str) -> str:
    """A prompt in a word: its name here, otherwise six digits of its hash."""
    return _NAMES.get(prompt) or hashlib.sha256(prompt.encode()).hexdigest()[:6]
