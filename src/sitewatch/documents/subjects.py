"""Where the noun phrase of a speaker begins before its verb, and where it ends after a cue.

Commas are read as in print: what stands between two of them right before the verb describes the subject, and the
subject itself stands before that.
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re

from sitewatch.documents.known import CAP, NAME, ROLE
from sitewatch.documents.spans import HIDDEN
from sitewatch.documents.spans import words as lexicon
from sitewatch.documents.speech import NOUNS_TOO, STANCES
from sitewatch.documents.verbs import AUXILIARIES, FINITE

_STOP = (
    r"(?:(?<![A-Z])|(?=\. @))"
    + "".join(
        rf"(?<!{t})"
        for t in (
            "Dr",
            "Mr",
            "Ms",
            "Mrs",
            "Prof",
            "Gen",
            "Col",
            "Maj",
            "Capt",
            "Lt",
            "Sgt",
            "Adm",
            "Sen",
            "Rep",
            "Gov",
            "Rev",
            "Fr",
            "Cmdr",
            "Cdr",
            "Brig",
            "Insp",
            "Supt",
            "Amb",
            "Ing",
            "Eng",
            "Mme",
            "hon",
            "Hon",
            "St",
        )
    )
    + r"\."
)
_MARKS = re.compile(rf"[,;:!?–—“”\"«»()]|{_STOP}\s| - ")
_PIECES = re.compile(rf"[,;:!?\n–—“”\"()]|{_STOP}(?=\s|$)| - ")
_APPOSED = re.compile(
    rf"^(?:[A-Z][\w.-]*(?: [A-Z][\w.-]*){{0,4}}[’']s (?=[a-z])|(?:[a-z-]+ ){{0,3}}(?:{ROLE.pattern}) (?:of|at|for|with|in)\b|an?|the|another|one of|also an?|who|which|whose|formerly|former|now|then|currently|director|head|chief|spokes\w+|analyst|speaking|citing|quoting|through|via|writing|himself|herself|itself|quoted|based|long|president|chairman|professor|co-\w+|\d+|"
    r"(?:[a-z]+ ){0,3}(?:director|researcher|analyst|editor|spokesman|spokeswoman|officer|manager|minister|secretary|executive|engineer|professor|fellow|adviser|advisor|chief|head|leader|owner|founder|commander|mayor|member|lawyer|lecturer|president|chair\w*|coordinator|specialist|scientist|expert|historian|economist|geologist))\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:and|but|while|whereas|although|though|as|yet|so|when|where|because|since|if|after|before|until|for which|which|that|or|nor|then|still|indeed|also|even)\s+(?:when\s+|then\s+)?",
    re.IGNORECASE,
)
_DATED = re.compile(
    rf"(?:(?:[Oo]n|[Ii]n|[Ll]ast|[Ee]arlier|[Ll]ate|[Ee]arly|[Bb]y|[Ss]ince|[Aa]s of|[Ii]n early|[Ii]n late)\s+)?{HIDDEN}+\s+(?=\S)"
)
_FRONTED = re.compile(
    r"(?:[Ii]n|[Oo]n|[Aa]t|[Bb]y|[Ff]or|[Ss]ince|[Dd]uring|[Aa]fter|[Bb]efore|[Ff]rom|[Uu]nder|[Ww]ith|[Ww]ithin|[Oo]ver|[Aa]mong|[Bb]eyond|[Dd]espite|[Ii]nside|[Oo]utside|[Nn]ear|[Tt]hroughout|[Ee]arlier|[Ll]ater|[Tt]oday|[Yy]esterday|[Nn]ow|[Ss]till|[Ll]ast|[Tt]his) "
)
SECOND = re.compile(
    rf"{''.join(rf'(?<!{chr(92)}b{w} )' for w in ['of', 'in', 'at', 'for', 'from', 'by', 'with', 'to', 'on', 'and', 'In', 'On', 'At', 'For', 'From', 'By', 'With'])}(?<=[\w{HIDDEN}] )(?:the|an?|its|their|one|two|three|several|some|he|she|it|they)(?= |$)"
)
_CLAUSE = re.compile(
    r"\b(?:that|because|while|when|where|if|although|though|whereas|since|which|but|yet|so|and|after|before|until|said|says|say|added)\s+(?=\S)"
)


def phrase_end(words: str, start: int, fronted: bool = False) -> int:
    """The end of a source's noun phrase with its appositions."""
    at = start
    while match := _PIECES.search(words, at):
        if match[0] == "(":
            close = words.find(")", match.end(), match.end() + 80)
            if close > 0:
                at = close + 1
                continue
        if match[0] == "," and (_APPOSED.match(words[match.end() :].lstrip()) or _names(words, match.end())):
            following = _PIECES.search(words, match.end())
            piece = words[match.end() : following.start() if following else len(words)]
            relative = re.match(r" ?(?:who|whose|which)\b", piece)
            closed = following is not None and following[0] in ",)"
            if (not is_clause(piece) and (closed or not fronted)) or (
                relative and (following or not fronted)
            ):
                if following is None:
                    return len(words)
                at = following.start()
                if following[0] == "," and not (
                    _APPOSED.match(words[following.end() :].lstrip()) and not fronted
                ):
                    return at
                continue
        if match[0] == "," and not words[start : match.start()].strip():
            at = match.end()
            continue
        return match.start()
    return len(words)


_ADVERBIAL = re.compile(
    r"\W*(?:[A-Z][a-z]+ing|Asked|Contacted|Reached|Pressed|Approached|Quoted|In|On|At|By|For|Since|During|After|Before|From|Under|With|According|Despite|However|Meanwhile|Earlier|Later|Still|But|And|Yet)\b[^,:;]{0,90}, "
)
_TOKEN = re.compile(r"[A-Za-z\u00c0-\u024f][\w’'-]*")


_PARTICIPLE = re.compile(
    r"\b(?:[a-z]+ed|seen|taken|made|built|held|drawn|shown|known|given|written|sworn|sent|shot|flown|led|run|put|found|won|sold|bought) (?=(?:by|on|in|at|from|under|over|for|to|with|as|during|of|via|through)\b|[\ue000])"
)
_BEFORE_NOUN = frozenset(
    lexicon(
        "the a an its their his her our this that by to newly of for in on at from with no any some and or"
    )
)


def is_clause(text: str) -> bool:
    """Whether words hold a finite verb, participles after their nouns ("images taken by X") left aside."""
    tokens = _TOKEN.findall(_PARTICIPLE.sub("", text))
    for i, token in enumerate(tokens):
        low = token.lower()
        if low in AUXILIARIES:
            return True
        if (
            i
            and token.islower()
            and low in FINITE
            and low not in NOUNS_TOO
            and low != "comment"
            and tokens[i - 1].lower() not in _BEFORE_NOUN
        ):
            return True
    return False


def clause_subject(words: str, end: int | None = None) -> str:
    """The noun phrase with which a clause begins: what stands before its first finite verb; "" for none."""
    stretch = words if end is None else words[:end]
    if end is not None:
        stretch = stretch[max((m.end() for m in re.finditer(r"[;:] ", stretch)), default=0) :]
    while (lead := _ADVERBIAL.match(stretch)) and lead.end() < len(stretch):
        stretch = stretch[lead.end() :]
    stretch = stretch[_opening(stretch, inner=False) :]
    tokens = list(_TOKEN.finditer(stretch))
    for i, token in enumerate(tokens):
        low, before = token[0].lower(), tokens[i - 1][0].lower() if i else ""
        if (
            i == 0
            or not token[0].islower()
            or before in ("the", "a", "an", "its", "their", "his", "her", "of", "to")
        ):
            continue
        after = tokens[i + 1][0].lower() if i + 1 < len(tokens) else ""
        transitive = low.endswith("ed") and after in (
            "a",
            "an",
            "the",
            "its",
            "their",
            "his",
            "her",
            "that",
            "no",
            "it",
        )
        if (
            transitive
            or low in FINITE
            or low in ("neither", "never")
            or (low in STANCES and low not in NOUNS_TOO)
        ):
            phrase = re.sub(
                r",? (?:who|which|that|has|have|had|also|is|was)$", "", stretch[: token.start()].rstrip(" ,")
            )
            return phrase if len(phrase.split()) <= 16 else ""
    return ""


def _names(words: str, at: int) -> bool:
    """Whether a name of a person stands alone between commas: "the director, Ada Roon,"."""
    return bool(re.match(rf" (?:(?:{CAP}) ){{1,3}}?{CAP}(?=[,.;]|$| (?:of|from|at) )", words[at : at + 80]))


def subject_start(words: str, end: int) -> int:
    """Where the noun phrase before a verb starts, with its appositions."""
    blank = re.sub(r"\([^()]{0,60}\)", lambda m: "," * 0 + " " * len(m[0]), words[:end])
    marks = list(_MARKS.finditer(blank))
    starts = [0, *(m.end() for m in marks)]
    i = len(starts) - 1
    if i > 0 and not blank[starts[i] : end].strip():
        # Right before the verb stands a comma: what is before it describes the subject.
        i -= 1
        while (
            i > 0
            and marks[i - 1][0] in ",–—"
            and _describes(blank[starts[i] : end], blank[starts[i - 1] : starts[i]])
        ):
            i -= 1
    elif (
        i > 0
        and marks[i - 1][0] in ",–—"
        and re.match(rf"\s*and (?:the )?(?:[a-z]+ ){{0,3}}{CAP}", blank[starts[i] : end])
        and i > 1
        and _APPOSED.match(blank[starts[i - 1] :].lstrip())
    ):
        i -= 2
    start = starts[i]
    return start + _opening(words[start:end])


def _describes(piece: str, before: str) -> bool:
    """Whether a piece between commas belongs to what stands before it."""
    bare = piece.strip(" ,")
    if re.match(
        r"(?:citing|quoting|referring to|based on|published|released|dated|issued|signed|written|seen)\b",
        bare,
    ):
        return True
    if _FRONTED.match(before.strip()) or re.match(r"\s*[A-Z][a-z]+(?:ed|ing)\b", before):
        return False
    if re.match(r"(?:which|that|while|but|as|though|although|because)\b", bare) and not re.match(
        r"(?:which|that) [a-z]+(?:s|ed|d)\b", bare
    ):
        return False
    if before.strip().startswith("and ") and not is_clause(before):
        return True
    if not bare or bare.startswith("and "):
        return not is_clause(before) or bare.startswith("and ")
    if is_clause(before) and not re.match(r"\s*(?:who|which|whose)\b", before):
        return bool(_LEAD.match(before.strip())) and not is_clause(_LEAD.sub("", before.strip()))
    return bool(
        _APPOSED.match(bare)
        or re.match(rf"(?:the )?{NAME}(?:,|$)", bare)
        or not is_clause(bare)
        or re.match(r"who\b|whose\b|which\b", bare)
    )


def _opening(words: str, inner: bool = True) -> int:
    """How much of a stretch before a verb stands before its subject: conjunctions, dates, phrases of place and time.

    With `inner` also the clauses before it ("the hall is new and the ministry").
    """
    at = len(words) - len(words.lstrip())
    for match in reversed(list(_CLAUSE.finditer(words, at)) if inner else []):
        before, after = words[at : match.start()], words[match.end() :]
        determiner = match[0].strip() == "that" and not before.strip()
        timed = match[0].strip() in (
            "after",
            "before",
            "until",
            "when",
            "said",
            "says",
            "say",
            "added",
        ) and not re.search(r"\bwho\b", before)
        if timed and after.strip():
            at = match.end()
            break
        if (
            not determiner
            and is_clause(before)
            and after.strip()
            and not re.search(r"\b(?:who|which|whose)\b", before)
        ):
            at = match.end()
            break
    for pattern in (_LEAD, _DATED):
        lead = pattern.match(words[at:])
        if lead and lead.end() < len(words) - at:
            at += lead.end()
    if _FRONTED.match(words[at:]) and (second := list(SECOND.finditer(words, at + 3))):
        at = second[0].start() if len(second) == 1 else second[-1].start()
    return at
