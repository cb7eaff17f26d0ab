"""A second development half of the templates of comparisons, made by another hand than the first two.

Slots and square brackets as in benchmarks/comparisons.py, which takes these in as the half "dev2". Rules may be made
on them.
"""

FRAMES: tuple[str, ...] = (
    "{X}.",
    "Per the latest survey, {X}.",
    "The ministry's line is that {X}.",
    "{X}, or so the institute believes.",
    "On imagery dated 3 May 2024 {X}.",
    "It turns out that {X}, an analyst told the inquiry.",
    "{X}, and 14 sheds have been added since.",
)
TEMPLATES: dict[str, tuple[str, ...]] = {
    "of": (
        "set beside {C}, {S} has [{N} the {D}]",
        "the {D} of {S} works out at [{N} that of] {C}",
        "{S}, [{N} as {adj} as] {C}, dominates the view",
        "{S} runs to [{N} {C}'s {D}]",
        "with [{N} the {D} of] {C}, {S} is easily told apart",
        "in {D}, {S} comes to [{N} that of] {C}",
        "if {C} is the yardstick, {S} reaches [{N} its {D}]",
    ),
    "more": (
        "{S} [surpasses {C} by {N}] in {D}",
        "{S} [beats {C} on {D} by {N}]",
        "next to {C}, {S} is [{more} by {N}]",
        "in {D}, {S} [outstrips {C} by {N}]",
        "[{N} {more} than] {C}, {S} can hardly be overlooked",
        "the {D} of {S} is [{N} above that of] {C}",
        "{S} has [{N} more {D} than] {C}",
        "{S} [has the edge over {C} by {N}] in {D}",
    ),
    "less": (
        "{S} is [{less} by {N} than] {C}",
        "{S} [falls {N} short of {C}] in {D}",
        "{S} [lags behind {C} by {N}] in {D}",
        "[{N} {less} than] {C}, {S} is easily missed",
        "the {D} of {S} is [{N} below that of] {C}",
        "{S} has [{N} less {D} than] {C}",
    ),
    "by more": (
        "builders have [extended {S} by {N}]",
        "the {D} of {S} is [up {N}]",
        "{S} has [gained {N} in {D}]",
        "[an increase of {N}] in the {D} of {S} has been observed",
        "{S} [swelled by {N}] over the winter",
    ),
    "by less": (
        "{S} has [lost {N} of its {D}]",
        "the {D} of {S} is [down {N}]",
        "[a cut of {N}] was made to the {D} of {S}",
        "workers have [cut back {S} by {N}]",
        "{S} [dwindled by {N}]",
    ),
    "to": (
        "{S} has [dwindled to {N} of] its former {D}",
        "{S} has been [cut back to {N} of] its original {D}",
        "{S} [retains {N} of] its earlier {D}",
    ),
    "times": (
        "[{N} {more} than] {C}, {S} can hardly be overlooked",
        "next to {C}, {S} is [{N} {more}]",
        "{S} turned out [{N} {more} than] {C}",
    ),
    "same": (
        "{S} is [on a par with {C}] in {D}",
        "{S} [matches {C} in {D}]",
        "{S} is [every bit as {adj} as] {C}",
        "the {D} of {S} [equals that of] {C}",
        "{S} is [neither {more} nor {less} than] {C}",
    ),
    "double": (
        "{S} has [double the {D} of] {C}",
        "{S} is [two times as {adj} as] {C}",
        "{C} would fit [twice into] {S}",
        "next to {C}, {S} has [twice the {D}]",
    ),
    "half": (
        "in {D}, {S} is [half of] {C}",
        "{S} reaches [50 per cent of the {D} of] {C}",
    ),
    "half again": (
        "{S} is [{more} than {C} by a half]",
        "{S} has [half as much {D} again as] {C}",
        "{S} has [{C}'s {D} and half as much again]",
    ),
}
