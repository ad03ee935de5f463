"""Whether a clause breaks off at a unit with no mark: run-on verbs, purposes, "before you …".

Holds the tests; ``clauses`` cuts by them. Each test looks a bounded number of units ahead.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.language.clause_starts import Starts
from orchestrator.language.phrase import compares
from orchestrator.language.units import Unit
from orchestrator.language.word_kinds import SCENERY, is_of

_ANYBODY = frozenset({
    "nobody", "no one", "noone", "everyone", "everybody", "anyone", "anybody", "someone", "people",
    "viewers", "one", "i", "we", "you", "they", "he", "she", "none",
})  # fmt: skip
"""Who a purpose may speak of."""
WHEN = frozenset({"before", "after", "once", "when", "as soon as", "while", "prior to"})
"""Words that say when."""
SUBJECTS = frozenset({"you", "we", "i", "to", "they", "it", "he", "she", "have", "can", "do"})
"""Words after which a verb belongs to what they begin."""
EFFECTS = frozenset({
    "effect", "effects", "impact", "influence", "harm", "damage", "change", "changes",
    "alteration", "alterations", "edits", "loss",
})  # fmt: skip
"""What something that stays has none of."""


_NO_THING = (
    "det", "prep", "pronoun", "copula", "degree", "colour", "scale", "size", "adjective", "gone",
    "more", "less", "negation", "conjunction", "relative", "participle", "place", "stop",
)  # fmt: skip
"""Senses of words that name no thing by themselves."""
_MOST_OF_A_PAIR = 6
"""Units of a thing and what becomes of it, where neither has a verb or an article."""
_ALONE = frozenset({"sharpen", "adjust", "blur", "crop", "flip", "rotate"})
"""Classes of verbs that need nothing after them ("denoise sharpen crop")."""

_OF_SCENE = (
    *SCENERY, "wish", "det", "pronoun", "whole", "effect_noun", "style_noun", "prep", "copula",
    "scale", "degree", "polite", "filler", "stop", "conjunction", "adjective",
)  # fmt: skip
"""Senses of words that may stand beside it while no thing in the picture is spoken of."""
_SCENE_MAKING = frozenset({"make", "change", "give", "restyle", "add", "look", "want"})
"""Classes of verbs that make a look; "apply a look" adds one."""
_LETTERED = (
    "det", "text_noun", "says", "size", "scale", "colour", "font", "style", "look", "adjective",
)  # fmt: skip
"""Senses of words that may stand before what is to be written."""
MANNERS = frozenset({
    "brush", "brushes", "brushwork", "strokes", "stroke", "line", "lines", "linework", "outline",
    "outlines", "shading", "hatching", "texture", "textures", "palette", "hue", "hues", "pigment",
    "pigments", "mood", "moods", "atmosphere", "feel", "feeling", "vibe", "vibes", "accents",
    "edges", "wash", "washes", "lighting", "light", "colour", "colours", "color", "colors", "tone",
    "tones", "shadow", "shadows", "highlights", "detail", "details", "style", "cast", "finish",
})  # fmt: skip
"""Words for how a look is done, where another word would be a thing in the picture."""


def _of_scene(unit: Unit) -> bool:
    """Whether a word of a clause speaks of the whole picture and its look, of no thing in it."""
    if unit.verb is not None:
        return unit.verb.cls in _SCENE_MAKING
    return unit.kind == "number" or unit.has(*_OF_SCENE)


def _tone(unit: Unit) -> bool:
    """Whether a word names a tone or another property of light and colour."""
    return isinstance(unit.get("property"), str)


def _becomes(unit: Unit) -> bool:
    """Whether a word behind a thing says what becomes of it ("greener", "gone", "away")."""
    return unit.has("gone") or compares(unit) or unit.norm in _OUT


def _bare_thing(unit: Unit) -> bool:
    """Whether a word names a thing and says nothing else."""
    return unit.kind == "word" and unit.verb is None and not unit.has(*_NO_THING)


_HEEDING = frozenset({"take", "be", "do", "make", "try", "mind", "avoid", "watch"})
"""With what words of care begin ("take care not to")."""


_OUT = frozenset({"away", "out", "off"})


class Breaks(Starts):
    """Tests for a break after the clause gathered so far."""

    def _next_pair(self, i: int, unit: Unit) -> bool:
        """Another thing and what becomes of it: "grass greener [clouds gone]".

        Tones are spoken of so, too: "shadows lighter [highlights darker]".
        """
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        if after is None or not (_becomes(after) or after.has("colour")):
            return False
        if not _becomes(after) and not (self._pair_ends(i + 2) and self.current[-1].has("colour")):
            return False  # "door blue [roof red]", and no "sky pink water blue-green"
        if not 2 <= len(self.current) <= _MOST_OF_A_PAIR:
            return False
        if any((u.verb is not None and not _tone(u)) or u.has("det") for u in self.current):
            return False
        thing, state = self.current[-2], self.current[-1]
        becomes = compares(state) or state.has("gone", "colour")
        return becomes and all(_bare_thing(u) or _tone(u) for u in (thing, unit))

    def _pair_ends(self, i: int) -> bool:
        """Whether nothing but another pair, or nothing at all, stands at a place."""
        ahead = self.units[i : i + 2]
        if not ahead or ahead[0].kind == "mark" or ahead[0].has("conjunction", "polite"):
            return True
        says = len(ahead) > 1 and (ahead[1].has("colour") or _becomes(ahead[1]))
        return says and _bare_thing(ahead[0])

    def _runs_on(self, i: int, unit: Unit) -> bool:
        """A new verb with nothing between: "remove the car make it warmer"."""
        verb = unit.verb
        before = self.units[i - 1]
        if (
            verb is None
            or verb.form != "base"
            or not self._has_verb()
            or before.index != self.current[-1].index
        ):
            return False
        if before.has(
            "det",
            "prep",
            "polite",
            "relative",
            "copula",
            "pronoun",
            "negation",
            "ordinal",
            "conjunction",
            "while",
            "filler",
            "more",
            "says",
        ) and before.norm not in ("it", "them", "this", "that", "everything", "up", "please"):
            return False
        lone = before.verb if len(self.current) == 1 and not before.has("polite") else None
        if lone is not None and lone.cls in _ALONE and verb.cls in _ALONE:
            return True
        if (
            before.verb is not None
            or before.norm in ("'s", "do", "to")
            or unit.has("compound", "action", "wear", "colour", "copula")
        ):
            return False
        cls = self._verb_class()
        if cls == "make" and (
            (before is self.current[-1] and len(self.current) <= 2)
            or verb.base in ("show", "pop", "lose", "grow")
        ):
            return False
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        if after is None:
            return False
        strong = (
            after.has("det", "pronoun", "whole", "background", "rest", "axis", "aspect")
            or after.kind == "quote"
            or after.norm in ("to",)
        )
        if after.has("prep") and after.norm != "to" and verb.both:
            return False
        if not verb.both:
            return strong
        if after.norm == "to":
            return verb.cls in ("crop", "resize")
        return strong and (
            not before.has("colour", "size", "scale")
            or before.has("graded")
            or before.norm.endswith("er")
        )

    def _purpose(self, i: int, unit: Unit) -> bool:
        if unit.norm != "to" or i + 1 >= len(self.units) or not self._has_verb():
            return False
        after = self.units[i + 1]
        verb = after.verb
        if verb is None or verb.form != "base" or after.has("colour", "look"):
            return False
        if self._verb_class() in ("keep",) or self.units[i - 1].has("polite", "copula", "negation"):
            return False
        if verb.both or verb.base in ("match", "show", "read"):
            nxt = self.units[i + 2] if i + 2 < len(self.units) else None
            return nxt is not None and nxt.has("det", "pronoun") and verb.cls not in ("text",)
        return True

    def _so_that(self, i: int) -> bool:
        """Read "so nobody recognises her": what somebody can do then is a purpose."""
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        leads = self.units[i].norm == "so" and bool(self.current) and after is not None
        if leads and self._has_verb() and self._stated(i + 1) and not self._must(i + 1):
            return True  # "mirror it so the text isn't backwards"
        return leads and after is not None and after.norm in _ANYBODY

    def _subordinate(self, i: int) -> bool:
        """Read "… before you crop it", "… after removing the cars": when to do what was said."""
        ahead = self.units[i + 1 : i + 4]
        if self.units[i].norm not in WHEN or len(ahead) < 2 or not self._has_verb():
            return False
        doing = ahead[0].verb is not None and ahead[0].verb.form == "ing"
        done = any(u.verb is not None and not u.has("copula") for u in ahead[1:])
        return doing or (ahead[0].norm in ("you", "we", "i", "it", "that", "this") and done)

    def _after_condition(self, i: int, unit: Unit) -> bool:
        """Read "if it is tilted straighten it": the request that follows a condition."""
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        second = self.current[1].verb if len(self.current) > 1 else None
        doing = self.current[0].norm == "in" and second is not None and second.form == "ing"
        led = self.link == "if" or self.current[0].norm in WHEN or doing
        heeds = unit.has("negation") and unit.norm.split()[0] in _HEEDING
        if led and heeds and len(self.current) > 2 and after is not None:
            return True  # "in making the sky stormy [take care not to darken the church]"
        verb = unit.verb
        if not led or verb is None or verb.form != "base" or after is None or len(self.current) < 2:
            return False
        before = self.current[-1]
        if before.has("polite", "negation", "det", "filler") or before.norm in SUBJECTS:
            return False
        return not verb.both and after.has("pronoun", "det", "background", "whole")

    def _next_wish(self, i: int) -> bool:
        """Read "fewer cars more trees", "more blue less yellow": another quantity."""
        first, before = self.current[0], self.current[-1]
        return (
            len(self.current) > 1
            and first.has("more", "less")
            and not before.has("more", "less", "prep", "det", "conjunction", "degree")
        )

    def _next_property(self, i: int) -> bool:
        """Read "temp +15 tint -5", "shadows up highlights down": the next slider."""
        before = self.current[-1]
        first = self.current[0]
        set_off = before.text[:1] in "+-−" or before.norm in ("up", "down")
        return set_off and first.has("property") and before.index == self.units[i].index - 1

    def _which_should(self, i: int) -> bool:
        """Read "(the sky), which should be purple": a wish of its own."""
        ahead = self.units[i + 1 : i + 3] if i >= 0 else []
        if len(ahead) < 2 or ahead[0].norm not in ("which", "who"):
            return False
        return ahead[1].norm.split()[0] in ("should", "must", "needs", "need", "has", "ought")

    def _manner(self, i: int) -> bool:
        """Read "isolate the bird by blurring the branches": the gerund says what to do."""
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        if (
            self.units[i].norm not in ("by", "through", "via")
            or after is None
            or not self._has_verb()
        ):
            return False
        return after.verb is not None and after.verb.form == "ing" and i + 2 < len(self.units)

    def _so_do(self, i: int) -> bool:
        """Read "I love the tree, so don't lose it": what follows is a request."""
        after = self.units[i + 1] if i + 1 < len(self.units) else None
        ahead = self.units[i + 1 : self.boundary_after[i]]
        if not self._has_verb() and any(u.has("background") for u in ahead[1:3]):
            return ahead[0].has("colour", "scale", "look", "adjective")  # "so white background"
        if after is None or after.has("scale", "size", "degree", "colour", "polite"):
            return False
        verb = after.verb
        if self._must(i + 1):
            return True
        return after.has("negation", "only") or (
            verb is not None and verb.form == "base" and not verb.both
        )

    def _value_ahead(self, i: int) -> bool:
        """Read "(make it blue.) Sorry, green": one value and nothing more corrects."""
        ahead = [u for u in self.units[i + 1 : i + 4] if u.norm != ","]
        ends = len(ahead) == 1 or (len(ahead) > 1 and ahead[1].kind == "mark")
        return i > 1 and ends and (ahead[0].has("colour", "side") or ahead[0].kind == "number")

    def _must(self, i: int) -> bool:
        """Read "(so) everything else should recede": what follows asks for something."""
        return self._stated(i) and any(
            u.has("copula")
            and u.norm.split()[0] in ("should", "must", "needs", "need", "ought", "has")
            for u in self.units[i + 1 : i + 8]
        )

    def _with_same(self, i: int) -> bool:
        """Read "(make the leaves yellow) with the trunk as before": a promise of its own."""
        after = self.units[i + 1 : i + 3]
        if len(after) > 1 and after[0].get("det") == "none" and after[1].norm in EFFECTS:
            return bool(self.current)
        end = self.boundary_after[i + 1] if i + 1 < len(self.units) else i
        ahead = self.units[i + 1 : end]
        if len(ahead) > 2 and ahead[0].has("only") and ahead[-1].has("colour_noun"):
            return bool(self.current)  # "black and white with only the taxi in colour"
        if len(ahead) > 4 and [u.norm for u in ahead[-4:-2]] == ["as", "you"] and self.current:
            return True  # "with every lantern exactly as you found it"
        alone = not any(u.has("while", "verb", "negation") for u in ahead)
        kept = self.current[0].verb if self.current else None
        if kept is not None and kept.cls == "keep" and len(self.current) > 1:
            return False  # "keep the man with the guitar unchanged"
        return len(ahead) > 1 and bool(self.current) and alone and ahead[-1].has("same")

    def _with_writing(self, i: int) -> bool:
        """Read "make it a poster with the title 'Hello'": what is printed is written on it."""
        unit, said = self.units[i], [u for u in self.current if u.kind != "mark"]
        says = unit.norm.startswith("with ") and unit.has("says")
        if (unit.norm != "with" and not says) or len(said) < 2:
            return False
        ahead = self.units[i + 1 : i + 7]
        quote = next((k for k, u in enumerate(ahead) if u.kind == "quote"), -1)
        if quote < 0 or not all(u.has(*_LETTERED) for u in ahead[:quote]):
            return False
        if not says and not any(u.has("text_noun") for u in ahead[:quote]):
            return False
        verb = next((k for k, u in enumerate(said) if u.verb is not None), len(said))
        of = said[verb + 1 :] if self._verb_class() in _SCENE_MAKING - {"add"} else []
        picture = bool(of) and (
            of[0].has("pronoun", "whole") or of[min(1, len(of) - 1)].has("whole")
        )
        return picture and is_of("printed", said[-1:])

    def _with_effect(self, i: int) -> bool:
        """Read "film noir with strong grain": what comes with a look is a wish of its own.

        Effects always are; things are where nothing but the picture and its look was spoken of
        ("a winter scene with a snowman"), unless they are how a style is drawn ("with bold lines").
        """
        if not any(u.has(*SCENERY) for u in self.current):
            return False
        ahead = self.units[i + 1 : self.boundary_after[i]]
        words = [u for u in ahead if not u.has("det", "degree", "filler", "polite")]
        if self._with_things(ahead, words):
            return True
        if not any(u.has("look", "style") for u in self.current):
            return False
        return bool(words) and all(
            u.has("look", "weather", "property", "scale", "size", "effect_noun")
            and not u.has("prep", "compound")
            for u in words
        )

    def _with_things(self, ahead: Sequence[Unit], words: Sequence[Unit]) -> bool:
        """Whether things, or writing, come with a look that is the whole picture's."""
        if not words or not all(_of_scene(u) for u in self.current):
            return False
        if any(u.kind == "quote" for u in words):
            return True
        known = ahead[0].get("det") == "definite" or ahead[0].has("pronoun")
        manner = any(u.norm in MANNERS or u.verb is not None or u.has("relative") for u in words)
        return not known and not manner and any(u.kind == "word" for u in words)
