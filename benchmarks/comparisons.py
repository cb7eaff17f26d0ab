"""A grammar of comparisons: sentences that state how large one thing is against another, with the exact ratio meant.

    python benchmarks/comparisons.py --pairs 10 --seed 1 --half dev      # print some

Each pair retells one measurement twice: once faithfully, once as retellings go wrong ("60 % the size of" as "60 %
larger than", "a third" as "three times"), so that the two intervals share no value. Templates are dealt into two
halves; rules may be made on the sentences of "dev" only, and on those of "dev2", a later half by another hand. Square
brackets in a template mark the words of the quantity.
"""

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass

import comparison_templates_dev2 as dev2
import comparison_templates_held2 as held2

from sitewatch.evaluate.claim_truth import TrueDocument, TrueQuantity

PUBLISHED = "2024-06-12"
Interval = tuple[float, float]

SUBJECTS = (
    "the new hall",
    "the second assembly shed",
    "the northern hangar",
    "Building 7",
    "the enlarged depot",
    "the pier completed last",
    "the eastern bunker",
    "the recently roofed workshop",
)
COMPARANDS = (
    "the old hall",
    "the existing warehouse",
    "its neighbour",
    "the previous one",
    "the main assembly building",
    "the depot at Tarnholm",
    "Building 2",
    "the original structure",
)
DIMENSIONS = {  # noun: (adjective, more, less)
    "size": ("large", "larger", "smaller"),
    "length": ("long", "longer", "shorter"),
    "height": ("tall", "taller", "lower"),
    "width": ("wide", "wider", "narrower"),
    "footprint": ("big", "bigger", "smaller"),
    "floor area": ("large", "larger", "smaller"),
    "roof area": ("large", "larger", "smaller"),
}
ABOUT = ("", "", "", "about ", "roughly ", "approximately ", "some ", "around ", "nearly ", "an estimated ")
ABOUT_WORDS = ("", "", "about ", "roughly ", "around ", "nearly ", "only ")
"""Before a fraction or a multiple in words."""
FRAMES = {
    "dev": (
        "{X}.",
        "According to the institute, {X}.",
        "{X}, the agency said on Tuesday.",
        "Images from May 2024 show that {X}.",
    ),
    "held-out": (
        "{X}.",
        "{X}, as the ministry put it.",
        "By the end of 2023, analysts write, {X}.",
        "It is reported that {X}.",
        "We find that {X}, not counting the 14 sheds.",
    ),
}
FRACTIONS = {
    "a third": 1 / 3,
    "one third": 1 / 3,
    "a quarter": 1 / 4,
    "a fifth": 1 / 5,
    "two thirds": 2 / 3,
    "two-thirds": 2 / 3,
    "three quarters": 3 / 4,
    "three-fifths": 3 / 5,
    "a tenth": 1 / 10,
}
TIMES = {
    "three times": 3.0,
    "four times": 4.0,
    "2.5 times": 2.5,
    "five times": 5.0,
    "one and a half times": 1.5,
    "two-and-a-half times": 2.5,
    "1.3 times": 1.3,
    "3x": 3.0,
    "ten times": 10.0,
}
TEMPLATES: dict[str, dict[str, tuple[str, ...]]] = {
    "dev": {
        "of": (
            "{S} is [{N} the {D} of] {C}",
            "{S} is [{N} as {adj} as] {C}",
            "at [{N} the {D} of] {C}, {S} stands out",
            "the {D} of {S} is [{N} that of] {C}",
        ),
        "more": (
            "{S} is [{N} {more} than] {C}",
            "compared with {C}, {S} is [{N} {more}]",
            "{S} [exceeds {C} by {N}] in {D}",
        ),
        "less": (
            "{S} is [{N} {less} than] {C}",
            "compared with {C}, {S} is [{N} {less}]",
        ),
        "by more": ("{S} has been [enlarged by {N}]", "{S} has [expanded by {N}]"),
        "by less": ("{S} has [shrunk by {N}]", "{S} has been [reduced by {N}] in {D}"),
        "to": ("{S} has been [reduced to {N} of] its former {D}", "{S} is now [{N} of] its former {D}"),
        "times": ("{S} is [{N} {more} than] {C}",),
        "same": ("{S} is [similar in {D} to] {C}", "{S} has [the same {D} as] {C}"),
        "double": ("{S} is [twice the {D} of] {C}", "{S} is [twice as {adj} as] {C}"),
        "half": ("{S} is [half as {adj} as] {C}",),
        "half again": ("{S} is [half as {adj} again as] {C}",),
    },
    "held-out": {
        "of": (
            "{S} has [{N} the {D} of] {C}",
            "{S}, [{N} the {D} of] {C}, was finished in March 2024",
            "{S} measures [{N} of the {D} of] {C}",
            "in {D}, {S} comes to [{N} of] {C}",
            "{S} reaches [{N} of] the {D} of {C}",
        ),
        "more": (
            "{S} is [{more} than {C} by {N}]",
            "{S} [surpasses {C} by {N}] in {D}",
            "next to {C}, {S} is [{N} {more}]",
            "{S} was built [{N} {more} than] {C}",
        ),
        "less": (
            "{S} is [{less} than {C} by {N}]",
            "{S} [falls short of {C} by {N}] in {D}",
            "{S} turned out [{N} {less} than] {C}",
        ),
        "by more": ("{S} has [grown by {N}] in {D}", "{S} has become [{N} {more}]"),
        "by less": ("{S} has [lost {N} of] its {D}", "{S} has become [{N} {less}]"),
        "to": ("{S} now covers [{N} of] its original area", "{S} was [cut to {N} of] its earlier {D}"),
        "times": ("compared with {C}, {S} is [{N} {more}]", "{S} came out [{N} {more} than] {C}"),
        "same": ("{S} is [comparable in {D} to] {C}", "{S} [equals {C} in {D}]", "{S} is [as {adj} as] {C}"),
        "double": ("{S} has [double the {D} of] {C}", "{S} is [two times as {adj} as] {C}"),
        "half": ("{S} is [half the {D} of] {C}", "{S} has [one half of the {D} of] {C}"),
        "half again": ("{S} is [as {adj} as {C} and half again]", "{S} is [half again as {adj} as] {C}"),
    },
}
FRAMES["dev2"], TEMPLATES["dev2"] = dev2.FRAMES, dev2.TEMPLATES
FRAMES["held2"], TEMPLATES["held2"] = held2.FRAMES, held2.TEMPLATES

CONFUSED = (
    ("of", "more"),
    ("more", "of"),
    ("of", "less"),
    ("less", "of"),
    ("more", "less"),
    ("less", "more"),
    ("to", "by less"),
    ("by less", "to"),
    ("by more", "by less"),
    ("times", "of"),
    ("double", "half"),
    ("half", "double"),
    ("same", "double"),
    ("half again", "half"),
    ("of", "of"),
)
"""What is said, and what it becomes when it is retold wrongly. The last is a multiple turned upside down."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence that compares, and what it means."""

    text: str
    start: int
    end: int
    """Code points of the quantity."""
    readings: tuple[Interval, ...]
    comparand: str | None
    dimension: str
    subject: str = ""

    @property
    def interval(self) -> Interval:
        """Hull of the readings."""
        return min(r[0] for r in self.readings), max(r[1] for r in self.readings)

    def truth(self, name: str) -> TrueDocument:
        """The sentence as a document; its other numbers are not scored."""
        words = self.text[self.start : self.end]
        quantity = TrueQuantity(
            (self.start, self.end),
            words,
            self.readings,
            "1",
            True,
            "ratio",
            comparand=self.comparand,
            dimension=self.dimension,
        )
        at = self.text.find("14 sheds")
        aside = (
            [TrueQuantity((at, at + 8), "14 sheds", ((14, 14),), "count", False, "equals")] if at >= 0 else []
        )
        return TrueDocument(
            id=name,
            text=self.text,
            published=PUBLISHED,
            names=(),
            claims=((0, len(self.text)),),
            exact_spans=False,
            not_claims=(),
            quantities=(quantity, *aside),
            dates=(),
            speakers=(),
            hedges=(),
            traps=(),
            not_ratios=(),
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """A faithful and a wrong retelling of one comparison; their intervals share no value."""

    faithful: Statement
    wrong: Statement


def pairs(count: int, seed: int, half: str) -> Iterator[Pair]:
    """`count` pairs from the templates of a half ("dev", "dev2" or "held-out"); the same for the same seed."""
    rng = random.Random(f"{seed} {half}")
    made = 0
    while made < count:
        first, second = rng.choice(CONFUSED)
        amount = _amount(rng, first, second)
        if amount is None:
            continue
        about = rng.choice(ABOUT if amount[0][0][0].isdigit() and "x" not in amount[0][0] else ABOUT_WORDS)
        subject, comparand = rng.choice(SUBJECTS), rng.choice(COMPARANDS)
        dimension = rng.choice(tuple(DIMENSIONS))
        frame = rng.choice(FRAMES[half])
        both = [
            _statement(
                rng.choice(TEMPLATES[half][kind]), kind, part, about, (subject, comparand, dimension, frame)
            )
            for kind, part in zip((first, second), amount, strict=True)
        ]
        if both[0].interval[1] < both[1].interval[0] or both[1].interval[1] < both[0].interval[0]:
            made += 1
            yield Pair(*both)


def _amount(
    rng: random.Random, first: str, second: str
) -> tuple[tuple[str, Interval], tuple[str, Interval]] | None:
    """Words and value for both retellings; None where they cannot be said in these forms."""
    if (first, second) == ("of", "of"):
        over, under = rng.choice(
            (("three times", "a third"), ("four times", "a quarter"), ("five times", "a fifth"))
        )
        value = TIMES[over]
        result = [(over, (value, value)), (under, (1 / value, 1 / value))]
        rng.shuffle(result)
        return result[0], result[1]
    if first == "times":
        words = rng.choice([w for w, v in TIMES.items() if v >= 2])
        under = {3.0: "a third", 4.0: "a quarter", 5.0: "a fifth", 10.0: "a tenth", 2.5: "40 per cent"}[
            TIMES[words]
        ]
        value = TIMES[words]
        return (words, (value, value)), (under, (1 / value, 1 / value))
    words, low, high = _part(rng)
    return (words, (low, high)), (words, (low, high))


def _part(rng: random.Random) -> tuple[str, float, float]:
    """A share in words: a percentage, a range of them, or a fraction."""
    kind = rng.random()
    sign = rng.choice(("%", " %", " per cent", " percent"))
    if kind < 0.45:
        p = rng.randrange(5, 96, 5) if rng.random() < 0.7 else rng.randrange(3, 98)
        return f"{p}{sign}", p / 100, p / 100
    if kind < 0.75:
        low = rng.randrange(10, 86, 5)
        high = low + rng.choice((5, 10))
        text = rng.choice(("{}-{}{}", "{}–{}{}", "{} to {}{}", "between {} and {}{}")).format(low, high, sign)
        return text, low / 100, high / 100
    words = rng.choice(tuple(FRACTIONS))
    return words, FRACTIONS[words], FRACTIONS[words]


def _statement(
    template: str, kind: str, part: tuple[str, Interval], about: str, slots: tuple[str, str, str, str]
) -> Statement:
    subject, comparand, dimension, frame = slots
    adjective, more, less = DIMENSIONS[dimension]
    words, (low, high) = part
    number = words if words.startswith("between") else about + words
    sentence = template.format(
        S=subject, C=comparand, D=dimension, N=number, adj=adjective, more=more, less=less
    )
    text = frame.format(X=sentence)
    text = text[0].upper() + text[1:] if text[0] != "[" else text[0] + text[1].upper() + text[2:]
    start, end = text.index("["), text.index("]") - 1
    own = kind in ("by more", "by less", "to")
    named = "former" in template or "original" in template or "earlier" in template
    against = f"its {template.split(' its ')[1].format(D=dimension)}" if named else None
    return Statement(
        text.replace("[", "").replace("]", ""),
        start,
        end,
        _meaning(kind, low, high),
        against if own else comparand,
        _named_dimension(template, dimension),
        subject,
    )


def _named_dimension(template: str, dimension: str) -> str:
    """The dimension that the words of the template give away."""
    plain = DIMENSIONS[dimension][0] in ("large", "big")
    if not any(slot in template for slot in ("{D}", "{adj}", "{more}", "{less}")):
        return "size"
    if "{D}" in template and plain:
        return "size" if dimension == "size" else "area"
    return "size" if plain else dimension


def _meaning(kind: str, low: float, high: float) -> tuple[Interval, ...]:
    """Subject over comparand, by what is said of the part."""
    match kind:
        case "of" | "to":
            return ((low, high),)
        case "more" | "by more":
            return ((1 + low, 1 + high),)
        case "less" | "by less":
            return ((1 - high, 1 - low),)
        case "times":
            return ((low, high), (1 + low, 1 + high))
        case "same":
            return ((1.0, 1.0),)
        case "double":
            return ((2.0, 2.0),)
        case "half":
            return ((0.5, 0.5),)
        case "half again":
            return ((1.5, 1.5),)
    raise ValueError(kind)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--half", choices=tuple(TEMPLATES), default="dev")
    args = parser.parse_args()
    for pair in pairs(args.pairs, args.seed, args.half):
        for mark, one in (("+", pair.faithful), ("-", pair.wrong)):
            values = " or ".join(f"{a:.3g}..{b:.3g}" for a, b in one.readings)
            print(mark, one.text, f"  [{values}; {one.comparand}; {one.text[one.start : one.end]!r}]")


if __name__ == "__main__":
    main()
