"""The rule planner: expected plans from data files, and what holds for any text."""

from __future__ import annotations

import contextlib
import string
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.errors import BadInstruction, ChangesHistory
from orchestrator.language.letters import without_letter
from orchestrator.language.read import read_plan, respelt
from orchestrator.language.scoring import Case, Score, load_cases, score_case
from orchestrator.language.turns import named_words
from orchestrator.language.units import read_units
from orchestrator.plan import EditPlan, Unchanged, load_plan
from orchestrator.planning import (
    PlanContext,
    RulePlanner,
    UnknownPlanner,
    get_planner,
    planner_names,
)
from tools.registry import get_tool, parse_args

PLANS = Path(__file__).parent / "plans"
CASES = load_cases(PLANS / "development.yaml")
PLANNER = RulePlanner()


def plan(text: str, *before: str) -> EditPlan:
    earlier: tuple[EditPlan, ...] = ()
    for said in before:
        earlier = (*earlier, PLANNER.plan(said, PlanContext(earlier=earlier)))
    return PLANNER.plan(text, PlanContext(earlier=earlier))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.say[:60])
def test_instruction_becomes_the_expected_plan(case: Case) -> None:
    """An instruction gives the steps, promises and reports written beside it."""
    assert score_case(PLANNER, case).misses == []


@pytest.mark.parametrize(
    ("cases", "f1", "kept"),
    [
        ("development_2", 0.93, 0.8),
        ("validation", 0.93, 0.95),
        ("round_1", 0.75, 0.95),
        ("round_2", 0.8, 0.95),
        ("round_3", 0.83, 0.8),
        ("round_4", 0.83, 0.95),
        ("round_5", 0.9, 0.8),
        ("round_6", 0.88, 0.95),
        ("round_7", 0.83, 0.6),
        ("round_8", 0.9, 0.95),
        ("round_9", 0.95, 0.95),
        ("round_10", 0.92, 0.95),
        ("round_12", 0.95, 0.95),
    ],
)
def test_real_wording_is_planned_well(cases: str, f1: float, kept: float) -> None:
    """Of messy instructions the planner gets nearly every step and promise right."""
    score = Score()
    for case in load_cases(PLANS / f"{cases}.yaml"):
        score.add(score_case(PLANNER, case))
    assert score.f1 >= f1
    assert score.kept / score.promises >= kept


def test_each_instruction_is_complete_in_itself() -> None:
    """A step says everything an editing model needs, with pronouns resolved."""
    steps = plan("replace the dog with a cat and make it smaller").steps
    assert [s.instruction for s in steps] == [
        "Replace the dog with a cat",
        "Make the cat 26% smaller",
    ]


def test_pronoun_reading_is_told() -> None:
    """Where "it" was read as a thing, a note says so."""
    assert "read 'it' as the cat" in plan("replace the dog with a cat and make it smaller").notes


def test_steps_depend_only_on_what_they_need() -> None:
    """Two requests about different things stand alone; one about a new thing needs that step."""
    assert all(not s.depends_on for s in plan("make the car red and remove the dog").steps)
    added, resized = plan("add a hat to the man and make it bigger").steps
    assert resized.depends_on == (added.id,)


def test_geometry_first_text_last() -> None:
    """Whatever the order of the words, cropping comes first, looks late, text at the end."""
    ops = [
        s.op
        for s in plan(
            "write 'Hi' at the top, make it cinematic, remove the car, crop to 16:9"
        ).steps
    ]
    assert ops == ["crop", "remove", "grade", "text"]


def test_same_request_twice_is_one_step() -> None:
    """A repeated wish is one step; different amounts of one property add up."""
    (step,) = plan("make the sky darker, then darken the sky").steps
    assert step.params == {"property": "brightness", "amount": -0.25}
    (step,) = plan("darken the sky by 30%, then darken the sky by 10%").steps
    assert step.params == {"property": "brightness", "amount": -0.4}


def test_colour_that_nobody_named_is_chosen_by_a_told_rule() -> None:
    """Without a colour, the first of a list that nobody mentioned is taken, and asked about."""
    made = plan("change the color of the blue sneakers")
    assert made.steps[0].params == {"colour": "red"}
    assert any("which colour" in note for note in made.notes)


def test_quoted_text_is_verbatim() -> None:
    """Letters, case and signs between quotes reach the step untouched, in any quote style."""
    for text in (
        '"Hello, World & Co."',
        "“Hello, World & Co.”",
        "‘Hello, World & Co.’",
        "«Hello, World & Co.»",
        "'Hello, World & Co.'",
    ):
        assert (
            plan(f"add the caption {text} at the top").steps[0].params["text"]
            == "Hello, World & Co."
        )


def test_words_inside_quotes_are_no_requests() -> None:
    """A quoted sentence that reads like an edit is only text."""
    (step,) = plan('write "remove the car and make it warmer" at the bottom').steps
    assert step.op == "text"


def test_unknown_nouns_are_targets() -> None:
    """A noun nobody listed is a target like any other."""
    assert plan("remove the zorbulator on the desk").steps[0].target.category == "zorbulator"


def test_unknown_requests_are_reported() -> None:
    """Words that nothing stands for are listed, and the rest is still planned."""
    made = plan("make the dog brown and frobnicate the gizmo")
    assert made.unknown == ("frobnicate", "gizmo")
    assert [s.op for s in made.steps] == ["recolor"]


def test_misspellings_are_corrected_and_told() -> None:
    """A misspelt word of the lexicon is read as the word, and a note says so."""
    made = plan("brigthen the bakground")
    assert made.steps[0].target.category == "background"
    assert "read 'brigthen' as 'brighten'" in made.notes


@pytest.mark.parametrize("word", ["price", "dessert", "flour", "swallow", "rowboat", "stalls"])
def test_english_words_are_no_misspellings_of_others(word: str) -> None:
    """A word nobody listed stays what it is, however near it is to one that is listed."""
    made = plan(f"remove the {word}")
    assert made.steps[0].target.phrase == f"the {word}"
    assert not made.notes


def test_respelling_changes_misspelt_words_and_nothing_else() -> None:
    """Case, marks, quotes and spaces stay; what is quoted is never corrected."""
    said = "Pls  remoove the GARBIGE can, then write 'Opne soon'!"
    assert respelt(said) == "please  remove the garbage can, then write 'Opne soon'!"


def test_taught_words_are_explained() -> None:
    """A glossary word is never corrected, and its meaning goes with the plan."""
    context = PlanContext(glossary={"barometer": "the round brass dial"})
    made = PLANNER.plan("remove the barometer", context)
    assert made.steps[0].target.category == "barometer"
    assert any("the round brass dial" in note for note in made.notes)


def test_extra_looks_are_known_by_name() -> None:
    """Names of the user's own look-book count as looks."""
    made = PLANNER.plan("make it blorfish", PlanContext(looks=("blorfish",)))
    assert made.steps[0].params == {"look": "blorfish"}


@pytest.mark.parametrize(
    "text", ["", "   \n", "please", "asdf qwer zxcv", "make it blorf", "!!! ???", "🎨"]
)
def test_nothing_to_do_is_refused_in_one_line(text: str) -> None:
    """An instruction with nothing to do raises one clear line."""
    with pytest.raises(BadInstruction) as caught:
        plan(text)
    assert "\n" not in str(caught.value)


def test_too_long_is_refused() -> None:
    """A text over the plan's limit is refused rather than cut."""
    with pytest.raises(BadInstruction, match="at most 20000"):
        plan("make it warmer " * 2000)


def test_same_instruction_same_plan() -> None:
    """Planning is deterministic."""
    assert all(plan(c.say) == plan(c.say) for c in CASES[:40] if not c.bad)


def test_plans_survive_json() -> None:
    """Every plan can be written down and read back."""
    for case in CASES:
        if not case.bad:
            made = plan(case.say, *case.before)
            assert load_plan(made.dump()) == made


def test_registry_lists_choices() -> None:
    """An unknown planner's name is answered with the names there are."""
    assert get_planner("rules").name == "rules"
    assert "rules" in planner_names()
    with pytest.raises(UnknownPlanner, match="rules"):
        get_planner("nonsense")


def test_everything_but_is_local_and_checked() -> None:
    """What "everything but X" leaves out is no whole-picture step, and X is checked for change."""
    for text in (
        "desaturate everything but the woman",
        "make everything black and white except the woman",
        "darken all but the woman",
    ):
        (step,) = plan(text).steps
        assert step.scope == "local"
        assert step.target.quantity == "all_but"
        assert [c.target.category for c in step.success if isinstance(c, Unchanged)] == ["woman"]


def test_several_things_left_out_are_all_checked() -> None:
    """A target leaves one thing out; further ones are spared by checks of their own."""
    (step,) = plan("blur everything except for the man and the dog").steps
    spared = {c.target.category for c in step.success if isinstance(c, Unchanged)}
    assert spared == {"man", "dog"}


def test_middle_of_the_frame_is_no_place_in_a_row() -> None:
    """In "the middle third" the middle is meant, not the left as a row's default side."""
    (step,) = plan("blur the middle third").steps
    assert (step.target.category, step.target.ordinal) == ("middle", None)


def test_night_that_is_only_implied_is_half_a_night() -> None:
    """A dark look over a daytime picture implies a little night; a named night is a whole one."""
    implied = plan("make this daytime photo a cyberpunk scene").steps[0]
    named = plan("make this daytime photo a cyberpunk scene at night").steps[0]
    assert implied.typed_params().strength == 0.2
    assert named.typed_params().strength == 1.0


def test_a_part_of_the_frame_is_cut_off_by_cropping() -> None:
    """Cutting off the top keeps all but a strip, and never asks that the strip stay."""
    (step,) = plan("cut off the top").steps
    assert step.op == "crop"
    assert step.success == ()


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("make it green", "recolor"),
        ("colour it green", "recolor"),
        ("make this blue", "recolor"),
        ("remove it", "remove"),
        ("make it brighter", "adjust"),
    ],
)
def test_it_is_what_the_user_marked(text: str, op: str) -> None:
    """With a region marked, "it" and "this" mean that region, and its colour is its own."""
    (step,) = PLANNER.plan(text, PlanContext(marked=True)).steps
    assert (step.op, step.scope, step.target.phrase) == (op, "local", "this")
    assert step.target.category == ""


def test_a_thing_just_named_is_nearer_than_the_mark() -> None:
    """A thing that the same instruction names is what "it" means, marked region or not."""
    steps = PLANNER.plan("blur the dog and make it red", PlanContext(marked=True)).steps
    assert {step.target.category for step in steps} == {"dog"}


def test_the_other_half_is_named_by_its_side() -> None:
    """After the left half, "the other one" is the right half."""
    (step,) = plan("do the same to the other one", "make the left half brighter").steps
    assert (step.target.phrase, step.target.exclude) == ("the right half", None)


def test_a_purpose_is_told_and_never_a_step() -> None:
    """What an edit is for is a note."""
    made = plan("blur her face so nobody recognises her")
    assert [step.op for step in made.steps] == ["blur"]
    assert any("nobody recognises her" in note for note in made.notes)


@pytest.mark.parametrize(
    ("text", "op", "tool", "params"),
    [
        ("add a white border of 20 pixels", "crop", "pad",
         {"left": 20, "top": 20, "right": 20, "bottom": 20, "fill": "white"}),
        ("add a black border", "crop", "pad", {"amount": 0.04, "fill": "black"}),
        ("apply the lut", "grade", "lut", {}),
        ("use my lut", "grade", "lut", {}),
        ("add a watermark 'ACME'", "text", "watermark", {"text": "ACME"}),
        ("add the logo bottom right", "text", "watermark", {"place": "bottom right"}),
    ],
)  # fmt: skip
def test_tools_are_reached_by_words(text: str, op: str, tool: str, params: object) -> None:
    """What one tool does exactly is a step of that tool, with arguments it takes."""
    (step,) = plan(text).steps
    assert (step.op, step.executor, step.params) == (op, f"tool:{tool}", params)
    parse_args(get_tool(tool), step.params)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("quita el perro de la imagen", "Spanish"),
        ("mach den Himmel bitte heller", "German"),
        ("enlève le chien de la photo", "French"),
        ("rends-la plus sombre", "French"),
        ("hazla más cálida", "Spanish"),
        ("сделай небо розовым", "Cyrillic"),
        ("把狗去掉", "Chinese"),
    ],
)
def test_other_languages_are_named(text: str, language: str) -> None:
    """A text in another language is refused in words that name it."""
    with pytest.raises(BadInstruction, match=language):
        plan(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [("make the cielo pink", "cielo"), ("remove the gato", "gato")],
)
def test_a_foreign_word_in_english_is_a_noun(text: str, word: str) -> None:
    """One foreign word is a thing like any other."""
    assert plan(text).steps[0].target.category == word


@pytest.mark.parametrize("text", ["make green", "make it green", "green"])
def test_a_colour_without_a_thing_is_told(text: str) -> None:
    """A colour that nothing is named for is for the thing spoken of last, else the picture."""
    alone = plan(text)
    assert alone.steps[0].target.is_whole_image
    assert any("green" in note for note in alone.notes)
    after = plan(text, "make the door red")
    assert (after.steps[0].op, after.steps[0].target.category) == ("recolor", "door")


def test_what_comes_later_is_done_later() -> None:
    """Words of order are kept to, where nothing that builds on a step forbids it."""
    assert [s.op for s in plan("make it warmer, then crop it to a square").steps] == [
        "adjust",
        "crop",
    ]
    assert [s.op for s in plan("make it black and white, but sharpen it first").steps] == [
        "sharpen",
        "grade",
    ]


def test_what_was_taken_back_is_told() -> None:
    """A corrected wish leaves one step and a note."""
    made = plan("make the car red, no wait, blue")
    assert [s.params for s in made.steps] == [{"colour": "blue"}]
    assert made.notes == ("taken back by what follows it: 'make the car red'",)


def test_what_is_taken_back_is_told_in_the_persons_words() -> None:
    """With every word of it, one that means nothing included."""
    made = plan("Crop zorblax to 4:3, no, make that 5:4")
    (note,) = (note for note in made.notes if "taken back" in note)
    assert "Crop zorblax to 4:3" in note


# -- what holds for any text

EVERY_CASE = [case for path in sorted(PLANS.glob("*.yaml")) for case in load_cases(path)]
PIECES = st.sampled_from([c.say for c in EVERY_CASE])
NONSENSE = st.text(alphabet="bcdfgklmnprtvwxz", min_size=7, max_size=11).map(lambda t: "zq" + t)
HOSTILE = st.text(
    alphabet=st.sampled_from(
        [
            *string.ascii_lowercase,
            *" \n\t,.;:!?\"'`“”‘’«»()[]{}<>|/\\-_+=%#@&*0123456789",
            "🦊",
            "é",
            "ש",
            "ل",
            "中",
            "\u202e",
            "\x00",
            "\u200d",
        ]
    ),
    max_size=300,
)


@given(HOSTILE)
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_valid_plan_or_one_line(text: str) -> None:
    """No text makes the planner raise anything but BadInstruction, and plans are valid."""
    try:
        made = plan(text)
    except BadInstruction:
        return
    assert load_plan(made.dump()) == made


@given(PIECES, NONSENSE, st.integers(0, 12))
@settings(max_examples=150, deadline=None)
def test_no_content_word_is_dropped(piece: str, word: str, place: int) -> None:
    """A word put anywhere into an instruction is in a step, a promise, a note or reported."""
    words = piece.split(" ")
    text = " ".join([*words[:place], word, *words[place:]])
    try:
        made = plan(text)
    except BadInstruction:
        return
    shown = made.model_copy(update={"instruction": ""}).model_dump_json().lower()
    assert word in shown


def test_a_strange_word_that_is_to_come_back_is_reported() -> None:
    """What was lost is answered; a word beside it that nobody knows is not taken for it."""
    text = "her veil is completely blown out, get that zqbcdfgkl back please"
    made = plan(text)
    assert [step.op for step in made.steps] == ["adjust"]
    assert tuple(made.unknown) == ("zqbcdfgkl",)


@given(PIECES, st.data())
@settings(max_examples=150, deadline=None)
def test_a_misspelt_word_is_read_or_reported(piece: str, data: st.DataObject) -> None:
    """A word with two letters changed about is corrected and told, in the plan, or reported.

    Or it asks for nothing: "thinking" in "I was thinking black and white" has a meaning only
    beside its neighbours. Then the plan is the one of the word spelt right.
    """
    words = piece.split(" ")
    long = [
        i for i, word in enumerate(words) if len(word) > 6 and word.isascii() and word.isalpha()
    ]
    if not long:
        return
    place = data.draw(st.sampled_from(long))
    at = data.draw(st.integers(1, len(words[place]) - 3))
    word = words[place]
    if word[at] == word[at + 1]:
        return  # "messing" with its two s changed about is no misspelling
    words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    try:
        made = plan(" ".join(words))
    except BadInstruction:
        return
    shown = made.model_copy(update={"instruction": ""}).model_dump_json().lower()
    said = words[place].lower() in shown or word.lower() in shown or _means_nothing(word)
    # A name signed under a letter is read as one however it is spelt, and asks for nothing.
    if not said and words[place].lower() not in _signed(" ".join(words)):
        assert _asked(made) == _asked(plan(piece))


def _asked(made: EditPlan) -> object:
    """What a plan does and promises, without what it says of the words it was read from."""
    asked = [(s.op, s.target, s.params, s.depends_on) for s in made.steps]
    return asked, made.constraints


def _signed(text: str) -> set[str]:
    """The words of greetings, names spoken to and signatures."""
    read = without_letter(read_units(text))
    return {unit.norm for unit in read if "polite" in unit.senses}


def test_a_misspelt_signature_asks_for_nothing() -> None:
    """It neither becomes a request nor hides one."""
    text = "There's a big sign on the wall. Would you get that out of there? Many thanks, Mragaret"
    assert "mragaret" in _signed(text)
    assert [step.op for step in plan(text).steps] == ["remove"]


def _means_nothing(word: str) -> bool:
    """Whether a word alone carries no wish ("please", "really") or is one the lexicon has."""
    return any(u.senses for u in read_units(word))


@pytest.mark.parametrize("name", ["development", "development_2", "validation", "test"])
def test_every_content_word_is_in_the_plan_or_reported(name: str) -> None:
    """No word of an unlisted meaning is dropped from any of the instructions."""
    dropped = 0
    for case in load_cases(PLANS / f"{name}.yaml"):
        if case.bad:
            continue
        with contextlib.suppress(BadInstruction):
            made = plan(case.say, *case.before)
            shown = made.model_copy(update={"instruction": ""}).model_dump_json().lower()
            named = {word for words in named_words() for word in words.split()}
            units = [u for u in read_units(case.say) if u.kind == "word" and not u.senses]
            units = [u for u in units if u.norm not in named]
            dropped += sum(u.norm[:5] not in shown for u in units if len(u.norm) > 2)
    assert dropped == 0


@given(st.lists(PIECES, min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_every_word_is_accounted_for(pieces: list[str]) -> None:
    """The coverage names what stands for each word, and reports exactly what is unknown."""
    try:
        made, covered = read_plan(". ".join(pieces))
    except BadInstruction:
        return
    steps = {step.id for step in made.steps}
    for word in covered:
        assert word.by in {*steps, "constraint", "context", "note", "unknown", ""}
    assert {w.text.strip() for w in covered if w.by == "unknown"} == set(made.unknown)


@pytest.mark.parametrize(
    "text",
    [
        "make " + "the cat on " * 180 + "the mat red",
        "remove " + "the cat and " * 160,
        "make it " + "very " * 390 + "warm",
        '"' * 2000,
        "'a " * 660,
        "(" * 1000 + ")" * 1000,
        "the " * 500,
        "remove the cat that is on the mat that is in the hat " * 38,
        "not " * 500,
        "but keep " * 220,
        "zqxv" * 500,
        "zqxvj wqzkp " * 166,
        "a-" * 1000,
        "1/" * 1000,
        "🦊" * 2000,
        "of the " * 285,
        "'s " * 660,
    ],
    ids=lambda text: text[:18],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    """2,000 characters of nesting, lists, quotes or noise plan far below half a second."""
    plan("remove the elefant")  # the word lists are read once a process, and are not what is timed
    took = []
    for _ in range(3):  # the best of three: a collection of garbage may fall into one
        started = time.process_time()
        with contextlib.suppress(BadInstruction):
            plan(text[:2000])
        took.append(time.process_time() - started)
    assert min(took) < 0.5


def test_time_grows_with_length_not_faster() -> None:
    """Ten times the text takes about ten times as long, not a hundred times."""

    def seconds(count: int) -> float:
        text = "make the cat on the mat redder and remove the dog behind the tree, " * count
        best = float("inf")
        for _ in range(3):
            started = time.process_time()
            read_plan(text)
            best = min(best, time.process_time() - started)
        return best

    assert seconds(200) < 60 * seconds(20)


@pytest.mark.parametrize("text", ["less rain", "tone it down", "that is too much"])
def test_less_of_a_step_before_is_no_new_step(text: str) -> None:
    """It is refused with what to do instead; nothing is made smaller for it."""
    with pytest.raises(ChangesHistory, match="undo"):
        read_plan(text, earlier=(plan("add rain"),))


def test_each_step_of_a_list_has_its_own_words() -> None:
    """Shown beside the plan, so that one sees what became of what."""
    _, covered = read_plan("make it night, add rain and film grain")
    by = {word.text: word.by for word in covered}
    assert (by["rain"], by["film grain"]) == ("s2", "s3")


def test_a_taught_word_makes_no_language_english() -> None:
    """Only the taught word itself is known; a sentence around it is what it is."""
    with pytest.raises(BadInstruction, match="German"):
        read_plan("mach das bild wärmer", glossary={"badge": "the round patch"})
    made, _ = read_plan("remove das ding", glossary={"das ding": "the red barn"})
    assert [step.op for step in made.steps] == ["remove"]


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("add the words 'To the moon' in big yellow letters at the top", 0.1),
        ("add a huge caption 'SALE'", 0.16),
        ("add the caption 'Big sale' at the top", None),
        ("add the caption 'hi' to the big red picture", None),
    ],
)
def test_letters_are_as_large_as_asked(text: str, size: float | None) -> None:
    """A size that is said of the letters counts; one in the words to be written does not."""
    (step,) = [step for step in plan(text).steps if step.op in ("text", "add")]
    assert step.params.get("size") == size


def test_what_is_to_go_is_still_it() -> None:
    """As in "get rid of it": what was just complained of, not what an earlier turn named."""
    made = plan("the flag is distracting, get rid of it", "blur the background but keep her sharp")
    assert [(step.op, step.target.phrase) for step in made.steps] == [("remove", "the flag")]


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("crop to a portrait, 3:4", {"aspect": 0.75}),
        ("crop to landscape", {"aspect": 1.5}),
    ],
)
def test_portrait_is_a_format_to_crop_to(text: str, params: dict[str, float]) -> None:
    """Not a thing that stands in the picture."""
    made = plan(text)
    assert [(step.op, step.params) for step in made.steps] == [("crop", params)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("crop to 1:1", "Crop the picture to a square"),
        ("crop to 4:5", "Crop the picture to 4:5"),
        ("crop to 16:9", "Crop the picture to 16:9"),
        ("crop to 2.39:1", "Crop the picture to 2.39:1"),
        ("make it stormy", "Add a storm to the picture"),
    ],
)
def test_steps_are_told_as_people_say_them_and_understood_again(text: str, told: str) -> None:
    """What a plan says is what one would have said."""
    (step,) = plan(text).steps
    assert step.instruction == told
    (again,) = plan(told).steps
    assert (again.op, again.params) == (step.op, step.params)


def test_a_darker_colour_is_a_colour() -> None:
    """Of what was coloured before."""
    made = plan("darker green", "make the car blue")
    assert [(s.target.phrase, s.params) for s in made.steps] == [
        ("the car", {"colour": "dark green"})
    ]


def test_crop_so_that_only_a_thing_is_left() -> None:
    """What should be left says how to crop."""
    made = plan("crop it so that only the dog is visible")
    assert [(step.op, step.target.category) for step in made.steps] == [("crop", "dog")]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("make everything except the red car black and white", "car"),
        ("make all but the left cup sepia", "cup"),
        ("turn everything but the face black and white", "face"),
        ("keep the car in colour and make everything else black and white", "car"),
        ("leave only the car in colour", "car"),
    ],
)
def test_a_look_for_all_but_a_thing_spares_it(text: str, kept: str) -> None:
    """It was given to the whole picture, or all else was removed."""
    made = plan(text)
    (step,) = made.steps
    assert step.op == "grade"
    spared = [step.target.exclude, *(item.target for item in made.constraints)]
    assert kept in [target.category for target in spared if target is not None]


def test_a_look_for_just_one_thing_is_no_style() -> None:
    """As in "just the cup black and white": the cup is the target, not part of a scene."""
    (step,) = plan("make just the cup black and white").steps
    assert (step.op, step.target.category) == ("grade", "cup")


def test_what_was_coloured_is_called_by_its_new_colour() -> None:
    """The red plate is found no more once it is blue; marked in blue it still is red below."""
    made = plan("make it darker", "make the red plate blue")
    assert made.steps[0].target.phrase == "the blue plate"
    assert made.steps[0].target.attributes == ("blue",)
    assert plan("make it darker", "make the car blue").steps[0].target.phrase == "the car"


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("make the orange suit a darker orange", "dark orange"),
        ("make the sky a lighter blue", "light blue"),
    ],
)
def test_a_shade_of_a_colour_is_a_recolouring(text: str, colour: str) -> None:
    """Not another suit."""
    (step,) = plan(text).steps
    assert (step.op, step.params) == ("recolor", {"colour": colour})


def test_only_a_thing_in_colour_beside_black_and_white_is_a_promise() -> None:
    """One look, and the thing left out of it."""
    made = plan("make it black and white with only the car in colour")
    assert [step.op for step in made.steps] == ["grade"]
