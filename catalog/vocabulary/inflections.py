"""Forms of English words: "rain" is met as rains, raining, rained and rainy.

Forms are made from the listed word rather than stripped from the met one: a stemmer would take "party" for "part"
and "universal" for "universe".
"""

from functools import cache

_VOWELS = "aeiou"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_IRREGULAR = {
    "child": "children", "man": "men", "woman": "women", "foot": "feet", "tooth": "teeth", "mouse": "mice",
    "goose": "geese", "person": "persons people", "ox": "oxen", "wolf": "wolves", "knife": "knives", "wife": "wives",
    "life": "lives", "thief": "thieves", "leaf": "leaves", "elf": "elves", "half": "halves", "shelf": "shelves",
    "fight": "fought", "kill": "killer killers", "run": "ran", "fall": "fell fallen", "steal": "stole stolen",
    "hide": "hid hidden", "drive": "drove driven", "ride": "rode ridden", "sing": "sang sung", "drink": "drank drunk",
    "swim": "swam swum", "fly": "flew flown", "shoot": "shot", "sleep": "slept", "weep": "wept", "dream": "dreamt",
    "catch": "caught", "teach": "taught", "think": "thought", "lose": "lost", "sit": "sat", "stand": "stood",
    "speak": "spoke spoken", "write": "wrote written", "draw": "drew drawn", "eat": "ate eaten", "bite": "bit bitten",
    "freeze": "froze frozen", "wear": "wore worn", "tell": "told", "sell": "sold", "hold": "held", "ring": "rang rung",
    "die": "dying", "lie": "lying", "tie": "tying", "burn": "burnt", "haunt": "haunted", "cry": "cries cried",
}  # fmt: skip
# Nouns whose adjective is the noun with a y; made for all, "part" would be met in "party" and "cop" in "copy".
_WITH_Y = _words(
    "rain snow fog cloud wind storm sun mist dust sand mud blood smoke rock wood shadow noise ice salt grass hair fur "
    "sleep health wealth thirst hunger moon star frost chill bone gore dirt filth grime rust sweat swamp leaf"
)
# Adjectives that are compared and make adverbs; of other words -er and -ly make new words (show, shower; ear, early).
_GRADED = _words(
    "bleak bold brave bright calm cheap clever cold cool cruel cute damp dark deep dim dull faint fair fierce gentle "
    "gloomy grand grim happy harsh hot lonely loud mad mild neat nice odd pale poor pretty proud quick quiet rich "
    "rough rude sad scary sharp silly simple slow smart smooth soft strange strict strong stupid sweet tender tense "
    "tough vast vivid warm weak weird wet wild wise young angry bloody brutal busy crazy creepy dirty easy eerie empty "
    "foggy funny lazy lovely lucky merry messy moody muddy nasty noisy rainy snowy spooky stormy sunny ugly windy"
)
_ADVERBIAL = ("al", "ful", "ous", "ive", "ent", "ant", "ing", "less")
# What the rules would make of new, wick, even and the like; these are words of their own.
_OTHER = _words(
    "news lens goods evening morning ceiling during wicked rugged ragged naked wedding stocking pudding darling "
    "bedding sacred hundred species series customs arms woods glasses ashes manners mores"
)


@cache
def forms(word: str) -> frozenset[str]:
    """The word, in lower case, with its plural, its verb forms, its comparison and its adverb, where it has them."""
    if len(word) < 3 or not word.isascii() or not word.isalpha():
        return frozenset({word})
    made = {_plural(word), *_verbal(word), *_IRREGULAR.get(word, "").split()}
    if word in _WITH_Y:
        made |= {_before_vowel(word) + "y"}
    if word in _GRADED:
        made |= {_y_to_i(_before_vowel(word)) + ending for ending in ("er", "est")}
    if word in _GRADED or word.endswith(_ADVERBIAL):
        made.add(_adverb(word))
    if word.endswith("ic"):
        made.add(word + "ally")
    return frozenset({word, *(made - _OTHER)})


def _plural(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "ies"
    return word + "s"


def _verbal(word: str) -> tuple[str, ...]:
    if word.endswith(("ing", "ed", "ic", "ous", "ful", "ity", "ism", "ness")):
        return ()
    stem = _before_vowel(word)
    past = stem[:-1] + "ied" if word.endswith("y") and word[-2] not in _VOWELS else stem + "ed"
    return stem + "ing", past


def _before_vowel(word: str) -> str:
    """rain, dark and clever stay; cute loses its e; fog, a short word of one vowel, doubles its consonant."""
    if word.endswith("e") and not word.endswith(("ee", "oe", "ye")):
        return word[:-1]
    vowels = sum(letter in "aeiouy" for letter in word)
    doubles = len(word) <= 5 and vowels == 1 and word[-2] in _VOWELS and word[-1] not in "aeiouywxhsv"
    return word + word[-1] if doubles else word


def _y_to_i(word: str) -> str:
    return word[:-1] + "i" if word.endswith("y") and word[-2] not in _VOWELS else word


def _adverb(word: str) -> str:
    if word.endswith("le"):
        return word[:-1] + "y"
    return _y_to_i(word) + "ly"
