"""Misspelt words of the lexicon, found by edit distance; every correction is told to the person.

Only words nobody has listed are looked at, and a noun position never becomes a verb ("add a swamp"
stays a swamp).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from orchestrator.language.dictionary import how_common, is_english, meant_for
from orchestrator.language.lexicon import Lexicon, get_lexicon, known_words
from orchestrator.language.sounds import key_of

TYPOS = {
    "teh": "the", "hte": "the", "adn": "and", "nad": "and", "thsi": "this", "wiht": "with",
    "wtih": "with", "wih": "with",
    "backgroud": "background", "baground": "background", "bakground": "background",
    "rmove": "remove", "ad": "add",
    "pls": "please", "u": "you", "ur": "your", "w/": "with", "w/o": "without", "w": "with",
    "pic": "picture", "wich": "which", "ther": "there",
    "colur": "colour", "coulor": "colour", "tho": "though", "abit": "a bit", "alot": "a lot",
    "lite": "light", "nite": "night",
    "lil": "little", "sqaure": "square", "gray": "gray", "sofly": "softly", "withe": "with",
    "orang": "orange", "accept": "except",
    "fromt": "from", "frm": "from", "bkgrd": "background",
    "thier": "their", "becuase": "because", "tha": "the", "da": "the", "ppl": "people",
    "peeps": "people", "peple": "people", "persn": "person",
    "chnge": "change", "chane": "change", "mke": "make", "mak": "make", "amke": "make",
    "kepe": "keep", "kep": "keep", "blu": "blue", "rd": "red", "yelow": "yellow",
    "smaler": "smaller", "biger": "bigger", "biggr": "bigger", "hieght": "height",
    "sunglases": "sunglasses", "wite": "white", "blak": "black", "skuy": "sky", "sku": "sky",
    "hous": "house", "dres": "dress", "wal": "wall", "wals": "walls", "flor": "floor",
    "brite": "bright", "briter": "brighter", "tabel": "table", "hir": "hair", "fase": "face",
    "blured": "blurred", "foto": "photo", "fotos": "photos",
    "dis": "this", "dat": "that", "sum": "some",
    "cuz": "because", "nd": "and", "mor": "more", "colr": "colour",
    "eys": "eyes", "eyez": "eyes", "yuo": "you", "yu": "you", "hiar": "hair", "hnad": "hand",
    "tress": "trees", "bule": "blue", "purpl": "purple", "grn": "green", "gry": "grey",
    "drk": "dark",
    "brwn": "brown", "orng": "orange", "pnk": "pink", "wht": "white", "blck": "black",
    "tre": "tree",
    "mna": "man", "womn": "woman", "wmn": "woman", "gril": "girl", "chiar": "chair",
    "tabl": "table", "tble": "table", "teht": "that", "taht": "that", "fo": "of", "ot": "to",
    "ti": "it", "si": "is", "fro": "for", "lees": "less",
    "moer": "more", "remov": "remove", "delet": "delete", "erse": "erase", 
    "pictur": "picture", "pictre": "picture", "phot": "photo", "imge": "image", "imag": "image",
    "briteness": "brightness", "britness": "brightness", "brighness": "brightness",
    "contarst": "contrast", "satuartion": "saturation", "spekles": "speckles", "lense": "lens",
    "wan": "want", "wnat": "want", "waant": "want", "wana": "want to", "liek": "like",
    "somthing": "something", "sumthing": "something", "someting": "something",
    "everthing": "everything", "evrithing": "everything", "anythin": "anything",
    "b": "be", "r": "are", "ov": "of", "rite": "right", "wud": "would", "cud": "could",
    "shud": "should", "cld": "could", "wld": "would", "shld": "should", "jus": "just",
    "rly": "really", "evry": "every", "evrything": "everything", "everythin": "everything",
    "sumthin": "something", "somethin": "something", "nuthin": "nothing", "nothin": "nothing",
    "b4": "before", "gr8": "great", "pleas": "please", "plez": "please", "plees": "please",
    "plzz": "please", "thnx": "thanks", "thanx": "thanks", "luk": "look", "hav": "have",
    "bckgrnd": "background", "bkgnd": "background", "bgrnd": "background", "mayb": "maybe",
    "prolly": "probably", "defo": "definitely", "def": "definitely", "thru": "through",
    "outa": "out of", "outta": "out of", "wanna": "want to", "realy": "really", "abt": "about",
    "wat": "what", "wen": "when", "dere": "there", "dem": "them", "dey": "they", "bcos": "because",
    "becoz": "because", "becos": "because", "bcz": "because", "cos": "because", "smth": "something",
    "sth": "something", "behing": "behind", "infront": "in front",
    "inthe": "in the", "onthe": "on the", "ofthe": "of the", "tothe": "to the", "andthe": "and the",
    "dosent": "does not", "doesent": "does not", "alittle": "a little", "alil": "a little",
    "lill": "little", 
    "skys": "sky", "clor": "colour", "coler": "colour", "colar": "collar", "gurl": "girl",
    "boi": "boy", "gud": "good", "kool": "cool", "sunglassess": "sunglasses", "lookin": "looking",
    "luv": "love", "tu": "to", "sooo": "so", "soo": "so",
    "tern": "turn", "wit": "with", "turnd": "turned", "kyte": "kite", "skye": "sky",
    "smoth": "smooth", "smoothe": "smooth",
    "whit": "with", "cna": "can", "acn": "can", "cn": "can", "wormer": "warmer",
    "grean": "green", "gren": "green", "geen": "green", "gras": "grass",
}  # fmt: skip
"""Frequent slips that edit distance alone would get wrong or not dare."""

_VERB_PARTS = ("verb",)
_OTHER_PARTS = (
    "scale", "size", "focus_adjective", "colour", "property", "prep", "look", "style", "weather",
    "relight", "effect_noun",
    "background", "whole", "subject", "side", "polite", "degree", "text_noun", "turn", "axis",
    "participle", "wish",
    "connector", "while", "except", "aspect", "more", "less", "pronoun", "rest", "same",
    "copula", "ordinal",
)  # fmt: skip


@cache
def _buckets(verbs: bool) -> dict[tuple[str, int], list[str]]:
    lexicon = get_lexicon()
    words = known_words(lexicon, _OTHER_PARTS) | {w for w in lexicon.known if len(w) >= 5}
    words |= {w for w in lexicon.things if len(w) >= 6}
    words |= {w for words in lexicon.compound_words() for w in words if len(w) >= 6}
    if verbs:
        words |= known_words(lexicon, _VERB_PARTS)
    found: dict[tuple[str, int], list[str]] = {}
    for word in sorted(words):
        if len(word) >= 4 and word.isalpha():
            found.setdefault((word[0], len(word)), []).append(word)
    return found


def is_known(lexicon: Lexicon, word: str) -> bool:
    """Whether a word is listed anywhere, as it is or in the singular."""
    if word in lexicon.plain:
        return True
    if word in lexicon.entries or word in lexicon.known or word in lexicon.starts:
        return True
    singular = lexicon.singular(word)
    return singular in lexicon.known or singular in lexicon.entries


@cache
def _by_sound(verbs: bool) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for words in _buckets(verbs).values():
        for word in words:
            found.setdefault(key_of(word), []).append(word)
    return found


@cache
def _as_it_sounds(word: str, verbs: bool) -> str:
    """The listed word that sounds the same and is written nearest; "" where two are as near."""
    if len(word) < _HEARD_FROM or (len(word) == _HEARD_FROM and is_english(word)):
        return ""
    allowed = 3 if len(word) >= 7 else 2 if len(word) > _HEARD_FROM or verbs else 1
    alike = _by_sound(verbs).get(key_of(word), [])
    near = sorted((OSA.distance(word, other), other) for other in alike)
    near = [row for row in near if row[0] <= allowed]
    if not near or (len(near) > 1 and near[0][0] == near[1][0]):
        return ""
    return near[0][1]


_HEARD_FROM = 4
"""Letters from which a word that sounds like another may be meant for it."""


@cache
def _closest(word: str, verbs: bool) -> str:
    allowed = 2 if len(word) >= 8 else 1
    candidates: list[str] = []
    for length in range(len(word) - allowed, len(word) + allowed + 1):
        candidates.extend(_buckets(verbs).get((word[0], length), ()))
    hits = process.extract(
        word, candidates, scorer=OSA.distance, score_cutoff=allowed, limit=_NEAREST
    )
    if not hits:
        return ""
    nearest = min(distance for _, distance, _ in hits)
    best = min((str(hit) for hit, distance, _ in hits if distance == nearest), key=_slip(word))
    if len(word) == 4 and sorted(word) != sorted(best) and len(best) == 4:
        return ""  # a four-letter word is one letter from too many others
    slip = _slip(word)(best)[0]
    mistyped = len(best) >= 6 and _beside(word, best)
    if _only_a_noun(best) and slip > (0 if len(best) < 6 else 1) and not mistyped:
        return ""  # so is a noun, unless letters changed places, are missing or are doubled
    return best


_NEAREST = 12
"""How many equally near words are weighed against each other."""


def _slip(word: str) -> Callable[[str], tuple[int, str]]:
    """How unlikely it is that ``word`` was meant to be another word of the same distance."""

    def rank(meant: str) -> tuple[int, str]:
        if sorted(meant) == sorted(word) or _doubled(word, meant) or _doubled(meant, word):
            return 0, meant  # letters changed places, or one was doubled or was not
        return (1 if len(meant) > len(word) else 2 if len(meant) == len(word) else 3), meant

    return rank


def _doubled(word: str, meant: str) -> bool:
    """Whether a letter too many is the one before it again ("shaddow")."""
    return any(
        word[:i] + word[i + 1 :] == meant and word[i] == word[i - 1] for i in range(1, len(word))
    )


_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _beside(word: str, meant: str) -> bool:
    """Whether one letter is that of the key beside the right one ("wimdows")."""
    wrong = [(a, b) for a, b in zip(word, meant, strict=False) if a != b]
    one = len(word) == len(meant) and len(wrong) == 1
    return one and any(
        "".join(pair) in row or "".join(pair)[::-1] in row for row in _ROWS for pair in wrong
    )


def _only_a_noun(word: str) -> bool:
    lexicon = get_lexicon()
    return word in lexicon.known | lexicon.things and not lexicon.senses(word)


def correct(lexicon: Lexicon, word: str, *, verb_position: bool, name: bool = False) -> str:
    """The word that a misspelt one stands for, or "" where it is not one.

    Args:
        lexicon: the words that are listed.
        word: in small letters.
        verb_position: a verb may stand there.
        name: it is written as a name is, which only a listed word's slip is not.
    """
    if word in TYPOS:
        return TYPOS[word]
    if word.endswith("in") and "verb" in lexicon.senses(f"{word}g") and not is_known(lexicon, word):
        return f"{word}g"  # "makin"
    if len(word) > 4 and word.endswith("z") and is_known(lexicon, f"{word[:-1]}s"):
        return f"{word[:-1]}s"  # "flowerz"
    inner = re.sub(r"(.)\1{2,}", r"\1\1", word)
    if inner != word and not is_known(lexicon, word):
        single = re.sub(r"(.)\1{2,}", r"\1", word)
        return next((w for w in (inner, single) if is_known(lexicon, w)), "")
    drawn = re.sub(r"(.)\1+$", r"\1", word)  # "skyy", "warmerrr"
    if (
        drawn != word
        and len(drawn) > 2
        and not is_known(lexicon, word)
        and is_known(lexicon, drawn)
    ):
        return drawn
    if len(word) == _CUT_SHORT and word.isascii() and word.isalpha():
        return (
            "" if is_known(lexicon, word) or is_english(word) else _cut_short(word, verb_position)
        )
    if (
        len(word) <= _CUT_SHORT
        or len(word) > 20
        or not (word.isascii() and word.isalpha())
        or is_known(lexicon, word)
    ):
        return ""
    undoubled = _undoubled(lexicon, word)
    if undoubled:
        return undoubled
    if not is_english(word) and (meant := _with_double(lexicon, word) or _plural(lexicon, word)):
        return meant
    # A plural or an inflected form of a listed word is no mistake.
    for ending in ("s", "es", "ed", "ing", "er", "est", "ly", "y", "ish", "like", "d", "r"):
        if ending in ("r", "d") and not word.endswith(("er", "ed")):
            continue  # "darkr" is no form of "dark"
        if (
            word.endswith(ending)
            and len(word) - len(ending) >= 3
            and is_known(lexicon, word[: -len(ending)])
        ):
            return ""
    found = _closest(word, verb_position)
    heard = _as_it_sounds(word, verb_position)
    if not found or (heard and len(found) == len(word) and sorted(found) != sorted(word)):
        found = heard or found  # "elefant" sounds like an elephant and looks like "elegant"
    if not found and word.endswith("s") and len(word) > 6 and not is_english(word):
        one = _closest(word[:-1], False)
        found = f"{one}s" if _only_a_noun(one) else ""
    plural = word.endswith("s") and found[: len(word) - 1] == word[:-1]
    if plural and found != f"{word[:-1]}es" and is_english(word[:-1]):
        return ""  # the plural of a noun nobody listed
    return "" if is_english(word) else found or ("" if name else meant_for(word))


def _with_double(lexicon: Lexicon, word: str) -> str:
    """The word with the consonant doubled that an ending doubles ("blury", "hoter", "croping")."""
    for ending in ("y", "er", "est", "ed", "ing", "ier"):
        stem = word.removesuffix(ending)
        doubled = f"{stem}{stem[-1:]}{ending}"
        if stem != word and len(stem) > 2 and doubled in lexicon.entries:
            return doubled
    return ""


def _plural(lexicon: Lexicon, word: str) -> str:
    """The plural of the noun that a word without its "s" is a misspelling of ("pidgeons")."""
    if len(word) < _HEARD_FROM + 1 or not word.endswith("s") or word.endswith("ss"):
        return ""
    one = correct(lexicon, word[:-1], verb_position=False)
    return f"{one}s" if one and " " not in one and _only_a_noun(one) else ""


_CUT_SHORT = 3
"""Letters of a word that lost one: "giv", "nex"."""


@cache
def _cut_short(word: str, verbs: bool) -> str:
    """The word with grammar of its own that a word of three letters lacks one letter of."""
    lexicon = get_lexicon()
    near = [w for w in _buckets(verbs).get((word[0], 4), ()) if OSA.distance(word, w) == 1]
    likely = [w for w in near if w in lexicon.starts or lexicon.senses(w)]
    return max(likely, key=how_common, default="")


def _undoubled(lexicon: Lexicon, word: str) -> str:
    """The listed word of which one letter of two was written: "stary", "slighty", "hoter"."""
    if is_english(word):
        return ""
    if word.endswith("y") and is_known(lexicon, f"{word[:-1]}ly"):
        return f"{word[:-1]}ly"  # of "slight", not of a "slighty" that is like one
    twice = (word[: i + 1] + word[i:] for i in range(2, len(word) - 1))
    return next((w for w in twice if is_known(lexicon, w) and is_english(w)), "")
