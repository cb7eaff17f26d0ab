"""Whom a document itself names as its source, and who publishes it, as far as its own words say."""

import re
from collections.abc import Sequence

AGENCIES = (
    "Reuters",
    "AFP",
    "Agence France-Presse",
    "AP",
    "Associated Press",
    "The Associated Press",
    "Yonhap",
    "Kyodo",
    "Kyodo News",
    "Jiji Press",
    "TASS",
    "Interfax",
    "RIA Novosti",
    "Ukrinform",
    "UNIAN",
    "Bloomberg",
    "Xinhua",
    "KCNA",
    "DPA",
    "dpa",
    "ANSA",
    "EFE",
    "PTI",
    "ANI",
    "UPI",
    "Anadolu",
    "Anadolu Agency",
    "IRNA",
    "SANA",
    "PAP",
)
"""News agencies whose reports are retold under their name."""

_AGENCY = "|".join(sorted(map(re.escape, AGENCIES), key=len, reverse=True))
_NAME = r"(?:The\s+)?[A-Z][\w&’'.-]*(?:[ \t]+(?:of|the|and|for|de|[A-Z&][\w&’'.-]*)){0,5}"
_LABEL = re.compile(rf"(?:^|(?<=[.!?]\s)|(?<=\n))(?:Sources?|Via|Origin)\s*:\s*(?P<name>{_NAME})")
_NEXT_LABEL = re.compile(r"\s+[A-Z][\w’'-]*$")
_TITLE = re.compile(rf"\s(?P<dash>[–—-])\s(?P<name>{_NAME})\s*$")
_DATELINE = re.compile(rf"[A-Z][^()\n]{{1,80}}\((?P<name>{_NAME})\)\s*[-–—]+\s")
_REPORTED = re.compile(
    rf"\b(?P<a>{_AGENCY})\s+(?:news agency\s+)?(?:reported|reports|has reported|writes|wrote)\b"
    rf"|\b(?:reported by|according to|citing|cites|quoting|with reference to|as told to|told)\s+"
    rf"(?:the\s+)?(?:news agency\s+)?(?P<b>{_AGENCY})\b"
)
LEADING = 6
"""Passages at the beginning in which an agency's name counts as the document's source."""


def declared_source(title: str, passages: Sequence[str], publisher: str | None = None) -> str | None:
    """Whom the document names as its source; None where it names none.

    In this order: a label ("Source: Reuters"), a dateline ("SEOUL, Nov 26 (Reuters) -"), the end of the title
    ("... – Reuters"), a news agency that is said to report it within the first passages.

    Args:
        passages: texts of the document's own passages, without page furniture.
        publisher: who publishes it: that name at the end of a title is no source.
    """
    lines = [p[:4000] for p in passages]
    for line in lines:
        found = _LABEL.search(line)
        if found:
            return _until_label(line, found)
    for line in lines[:LEADING]:
        found = _DATELINE.match(line)
        if found:
            return found["name"]
    found = _TITLE.search(title[:400])
    if found and not _same(found["name"], publisher) and _is_name(found["name"], found["dash"]):
        return found["name"]
    for line in lines[:LEADING]:
        found = _REPORTED.search(line)
        if found:
            return found["a"] or found["b"]
    return None


def publisher_in(passages: Sequence[str]) -> str | None:
    """The name in a copyright line ("© 2024 The Daily Example"); None where there is none."""
    for line in passages:
        found = re.search(
            rf"(?:©|\([cC]\)|Copyright)[\s©]*(?:\d{{4}})?(?:[-–]\d{{4}})?,?\s*(?P<n>{_NAME})", line[:400]
        )
        if found:
            return re.split(r"[.,]\s|\s+All\b", found["n"])[0].rstrip(".")
    return None


def _until_label(line: str, found: re.Match[str]) -> str:
    """The name without the next label: in "Source: Reuters Details: ..." that is "Details"."""
    name, rest = found["name"], line[found.end() :]
    if rest.lstrip().startswith(":"):
        name = _NEXT_LABEL.sub("", name)
    return re.split(r"\.\s", name)[0].rstrip(".’'")


def _is_name(name: str, dash: str) -> bool:
    """A dash also parts clauses: as a source counts an agency or, after a long dash, a name of at most three words."""
    return name in AGENCIES or (dash != "-" and len(name.split()) <= 3)


def _same(name: str, publisher: str | None) -> bool:
    return publisher is not None and name.casefold() == publisher.casefold()
