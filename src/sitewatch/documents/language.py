"""The language of a text, by its script and its commonest words: enough to tell what can be read by rules here."""

import re
from collections import Counter

SAMPLE = 20_000
"""Code points that are looked at."""
READ_HERE = ("en", "und")
"""Languages in which claims are found by rules."""
MIN_LETTERS = 20
MIN_SHARE = 0.06
"""Of all words that must be stop words; running text has 0.25 and more."""

_WORD = re.compile(r"[^\W\d_]+")
_STOP = {
    "en": "the of and to in a that is was for on with as by at from has have it which be said are were its not",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch wurde nach bei",
    "fr": "le la les de des et à en un une du que est pour dans qui sur au par plus ne pas avec sont cette",
    "es": "el la los las de y en que un una del se por con para es al lo como su más ha fue según este",
    "pt": "o os as de e em que um uma do da dos das no na para com não por mais foi segundo ao são seu",
    "it": "il lo gli le di e in che un una del della per con è non sono da si nel alla dei più anche",
    "nl": "de het een en van in is dat op te zijn met voor niet die aan er om door naar bij ook werd",
    "pl": "i w na z się że do nie jest to o jak od za przez dla po są oraz tym był które",
    "tr": "ve bir bu da de için ile olarak olan çok daha gibi ancak göre kadar sonra en ise olduğu",
    "ru": "и в не на что с по как из у за от он к для его это но же был о при",
    "uk": "і в не на що з та у як до за від він для його це але про є був які",
    "fa": "و در به از که این است را با برای آن یک",
    "ar": "في من على إلى أن عن التي الذي هذا هذه مع كان",
}
_STOP_WORDS = {tag: frozenset(words.split()) for tag, words in _STOP.items()}
_LATIN = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "tr")
_SCRIPTS = (
    ("ja", "\u3040", "\u30ff"),
    ("ko", "\uac00", "\ud7a3"),
    ("zh", "\u4e00", "\u9fff"),
    ("he", "\u0590", "\u05ff"),
    ("el", "\u0370", "\u03ff"),
    ("hi", "\u0900", "\u097f"),
    ("th", "\u0e00", "\u0e7f"),
    ("ka", "\u10a0", "\u10ff"),
    ("hy", "\u0530", "\u058f"),
)
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_ARABIC = re.compile("[\u0600-\u06ff]")


def language_of(text: str) -> str:
    """BCP 47 primary tag of the text's main language; "und" where too short, mixed or not known here."""
    sample = text[:SAMPLE]
    letters = sum(c.isalpha() for c in sample)
    if letters < MIN_LETTERS:
        return "und"
    for tag, low, high in _SCRIPTS:
        share = sum(low <= c <= high for c in sample) / letters
        if share > (0.1 if tag == "ja" else 0.4):  # Japanese mixes kana with Chinese characters
            return tag
    words = Counter(w.lower() for w in _WORD.findall(sample))
    if len(_CYRILLIC.findall(sample)) > 0.5 * letters:
        return _cyrillic(sample, words)
    if len(_ARABIC.findall(sample)) > 0.5 * letters:
        return _likeliest(words, ("ar", "fa"))
    return _likeliest(words, _LATIN)


def _cyrillic(sample: str, words: Counter[str]) -> str:
    # Letters that one of the two has and the other lacks; other languages of the script have others still.
    ukrainian = sum(sample.count(c) for c in "іїєґІЇЄҐ")
    russian = sum(sample.count(c) for c in "ыэъёЫЭЪЁ")
    if ukrainian > 2 * russian:
        return _likeliest(words, ("uk",))
    return _likeliest(words, ("ru", "uk"))


def _likeliest(words: Counter[str], tags: tuple[str, ...]) -> str:
    total = sum(words.values())
    shares = {t: sum(words[w] for w in _STOP_WORDS[t]) / total for t in tags}
    best = max(tags, key=lambda t: shares[t])
    return best if shares[best] >= MIN_SHARE else "und"
