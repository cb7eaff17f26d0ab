"""Who is named in a noun phrase that stands before or after a verb of speech."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from dataclasses import replace

from sitewatch.documents.known import (
    CAP,
    COMMON_ORG,
    NAME,
    NAME_RE,
    NOT_NAMES,
    PLURAL,
    ROLE,
    TITLE,
    Known,
    Source,
    clean,
    is_organisation,
    looks_like_person,
)
from sitewatch.documents.places import ADJECTIVES, CAPITALS, COUNTRIES

_DOCUMENT = re.compile(
    r"\b(?P<imagery>(?:satellite |aerial |drone |radar |commercial |overhead |new |recent )*(?:images?|imagery|pictures?|photos?|photographs?|footage|scenes?|video|videos))\b"
    r"|\b(?P<document>reports?|analysis|analyses|study|studies|briefing|statement|assessment|survey|review|documents?|filing|letter|data|records?|"
    r"photogrammetry|testimony|evidence|communiqu[eé]|press release|memo|intelligence|estimates?|figures|findings?|inspection|measurements?|article|dispatch|note|tender|permit|plan|"
    r"plans|map|maps|results?|returns|readings|scans?|soundings|echoes|spectra|logs?|model|models|modelling|simulations?|count|tally|census|paper|white paper|dossier|file|files|documentary|bulletin|release|audit|database|transcript|post|thread)\b",
    re.IGNORECASE,
)


_PRONOUN = re.compile(r"^(?:he|she|they|it|we|i|who)$", re.IGNORECASE)


_LINK = re.compile(r"\b(?:at|of|from|for|with|by|in|within|to)(?: the| a| an)? $", re.IGNORECASE)


def read_source(phrase: str, known: Known) -> list[Source]:
    """The sources in a noun phrase, most often one; [] where it names none.

    "Michael Duitsman, another CNS researcher" is a person with a role and an organisation; "researchers at the
    Institute" a group; "the firm" the organisation that was so called last; "satellite images" a document.
    """
    text = re.sub(r"\s+", " ", phrase.replace("‹", "(").replace("›", ")")).strip(" ,;:–—-")
    text = re.sub(
        r"^(?:and|but|while|as|yet|so|both|even|only|however|meanwhile|notably|though|although|because|when|where|that|which) ",
        "",
        text,
        flags=re.IGNORECASE,
    )
    for match in re.finditer(rf"({NAME})\s*\(([A-Z][A-Za-z&.-]{{1,9}})\)", text):
        known.short[match[2]] = clean(match[1])
    text = re.sub(r"\s*\([^)]{0,60}\)", "", text)
    text = re.sub(r"\b[A-Z][\w.]*-based (?=[A-Za-z])", "", text)
    text = re.sub(r"^(?:contrary to |unlike |despite )?what (?=\w)", "", text, flags=re.IGNORECASE)
    if not text:
        return []
    if _PRONOUN.match(text):
        return _pronoun(text.lower(), known)
    head, _, apposition = text.partition(", ")
    pair = re.fullmatch(
        rf"(?P<before>.*?\b)?(?P<a>{CAP}(?: {CAP}){{1,2}}) and (?P<b>{CAP}(?: {CAP}){{1,2}})", head
    )
    if pair and looks_like_person(pair["a"], known) and looks_like_person(pair["b"], known):
        return read_source(f"{pair['before'] or ''}{pair['a']}", known) + read_source(
            f"{pair['before'] or ''}{pair['b']}", known
        )
    found = _read_head(head, known)
    if apposition:
        found = _with_apposition(head, apposition, found, known)
    for source in found:
        known.remember(source)
    return found


def _pronoun(word: str, known: Known) -> list[Source]:
    if word in ("he", "she", "i", "who"):
        return (
            [Source("person", known.people[-1].name, None, known.people[-1].organisation)]
            if known.people
            else []
        )
    if word in ("it",):
        return [Source("organisation", None, None, known.organisations[-1])] if known.organisations else []
    if known.groups:
        return [known.groups[-1]]
    return [Source("group")]


def _with_apposition(head: str, apposition: str, found: list[Source], known: Known) -> list[Source]:  # noqa: PLR0911 (rules in order)
    bare = re.sub(r"^(?:an?|the|another|also an?|who is an?|former) ", "", apposition, flags=re.IGNORECASE)
    role = ROLE.search(bare)
    first = found[0] if found else None
    if first is None and NAME_RE.fullmatch(head):
        first = Source("person", clean(head)) if role else Source("organisation", None, None, clean(head))
    if first is None:
        return []
    people = re.match(
        rf"(?P<a>{CAP} {CAP})(?: and (?P<b>{CAP} {CAP}))?(?P<rest>(?: (?:of|from|at) .*)?)$", apposition
    )
    if (
        people is not None
        and first.kind in ("group", "unnamed", "person")
        and not first.name
        and looks_like_person(people["a"], known)
    ):
        body = _organisation_in(people["rest"], known) if people["rest"] else first.organisation
        named = [people["a"], *([people["b"]] if people["b"] else [])]
        role_word = re.sub(r"^(?:one of the|two|three|both) ", "", first.role or "") or None
        return [Source("person", clean(n), role_word, body) for n in named]
    if (
        first.name is None
        and NAME_RE.fullmatch(re.sub(r"^(?:the|The) ", "", apposition))
        and NAME_RE.search(apposition)
    ):
        name = clean(apposition)
        if first.kind == "person" and looks_like_person(name, known):
            return [replace(first, name=name)]
        word = re.sub(r"^(?:the|a|an|its|their) ", "", head, flags=re.IGNORECASE).lower()
        known.heads[word.split()[-1]] = name
        return [Source("organisation", None, word, name)]
    through = re.match(rf"(?:through|via|citing|quoting) (?:the )?(?P<name>{NAME})", apposition)
    if through is not None:
        return [
            replace(
                first,
                role=head if first.kind == "organisation" else first.role,
                organisation=_resolve(through["name"], known),
            )
        ]
    if first.kind == "organisation" and first.organisation:
        noun = COMMON_ORG.findall(bare.lower())
        for word in noun:
            known.heads[word] = first.organisation
        if role is None or noun:
            return [first]
    if role is not None and first.kind in ("person", "organisation", "group"):
        described = _read_head(apposition, known)
        extra = described[0] if described else Source("person", None, role[0])
        own = first.name or (clean(head) if first.kind == "organisation" else None)
        if first.kind == "group":
            return [first]
        return [
            Source(
                "person", own, extra.role, extra.organisation or (first.organisation if first.name else None)
            )
        ]
    return [first, *found[1:]]


def _read_head(head: str, known: Known) -> list[Source]:
    bare = re.sub(
        r"^(?:the|an?|another|one|some|many|several|two|three|four|most|other|both|our|their|its) ",
        "",
        head,
        flags=re.IGNORECASE,
    )
    role = _best_role(head)
    shown = _DOCUMENT.search(head)
    if (
        role is not None
        and shown is not None
        and shown.start() < role.start()
        and re.search(r"\b(?:by|from|of)\b", head[shown.end() : role.start()])
    ):
        return [_document(head, shown, known)]
    if role is not None:
        return [_person_or_group(head, role, known)]
    document = _DOCUMENT.search(head)
    names = [m for m in NAME_RE.finditer(head) if _useful(m[0], m.start() == 0)]
    if document is not None:
        return [_document(head, document, known)]
    if names:
        return [_named(head, names, known)]
    if re.match(r"(?:its|their|his|her)\b", head, re.IGNORECASE):
        return []
    if COMMON_ORG.search(bare):
        return [_common(head, bare, known)]
    return []


def _useful(name: str, initial: bool) -> bool:
    return name not in NOT_NAMES or not initial


def _best_role(head: str) -> re.Match[str] | None:
    """The role noun that is the head of the phrase: not one inside an organisation's name, and the last of a run."""
    best: re.Match[str] | None = None
    for match in ROLE.finditer(head):
        before, after = head[: match.start()], head[match.end() :]
        if best is not None:
            if before[best.end() :].strip() and not re.fullmatch(r" and | [a-z]+ ", before[best.end() :]):
                return best
            best = match
            continue
        if (
            match[0][0].isupper()
            and re.search(rf"{CAP} $", before)
            and re.match(rf" (?:of|for) {CAP}", after)
        ):
            continue
        if re.search(r"\b(?:for|to|by|with) (?:the |an? )?(?:[a-z]+ )?$", before) or (
            re.match(r"[’']s? (?=.*\b)", after)
            and (
                _DOCUMENT.search(after)
                or re.match(
                    r"[’']s? (?:press )?(?:office|service|department|administration|bureau|cabinet|ministry|union|association)\b",
                    after,
                )
            )
        ):
            continue
        if re.search(r"\bof (?:the )?$", before) and not re.search(
            r"\b(?:one|two|three|some|many|several|group|number|most|each|none) of (?:the )?$",
            before,
            re.IGNORECASE,
        ):
            continue
        best = match
    return best


def _organisation_in(text: str, known: Known) -> str | None:
    """The organisation after "at", "of", "for" ..., or a country's adjective."""
    match = re.search(
        rf"\b(?:at|of|from|for|with|in|within)(?: the| an?)?(?: same)? (?P<name>{NAME}|[a-z][a-z -]{{2,40}})",
        text,
    )
    if match is None:
        return None
    if match["name"][0].islower():
        body = COMMON_ORG.search(match["name"]) or re.match(r"[a-z]+(?: [a-z]+)? ?(?=$)", match["name"])
        return _resolve(match["name"][: body.end()], known) if body else None
    return _resolve(match["name"], known)


def _resolve(name: str, known: Known) -> str:
    bare = clean(name)
    bare = (
        re.split(r" (?:who|which|that|in|on|at|since|speaking|said|told)\b", bare)[0]
        if not NAME_RE.fullmatch(bare)
        else bare
    )
    if bare in known.short:
        return known.short[bare] if bare not in known.organisations else bare
    if bare and bare[0].islower():
        return known.organisation_called(bare) or bare
    return bare


def _person_or_group(head: str, role: re.Match[str], known: Known) -> Source:
    plural = role["plural"] is not None
    before, after = head[: role.start()], head[role.end() :]
    name = None
    match = re.match(
        rf"(?P<of> (?:of|at|for|from) (?:the )?(?!the )[a-z]+(?: [a-z]+)?)? (?P<name>{CAP}(?: (?:{CAP}|de|van|von|bin|al|der))*)",
        after,
    )
    if match is not None and (not looks_like_person(match["name"], known) or (plural and match["of"])):
        match = None
    if match is not None:
        name = re.sub(TITLE, "", match["name"])
        role_words = role[0] + (match["of"] or "")
        after = after[match.end() :]
    else:
        role_words = role[0]
    owner = re.search(rf"(?P<owner>{NAME}|(?:[Tt]he|[Ii]ts|[Tt]heir) [a-z-]+)[’'](?:s)? (?P<mod>.*)$", before)
    organisation = _organisation_in(after, known)
    own = before
    if owner is not None:
        organisation = organisation or _owner(owner["owner"], known)
        own = owner["mod"]
    elif found := list(NAME_RE.finditer(before)):
        last = found[-1]
        words = clean(last[0])
        initial = last.start() == 0 or before[: last.start()].strip() in ("",)
        country = next(
            (
                c
                for c in (words, " ".join(words.split()[:2]), words.split()[0] if words else "")
                if c in COUNTRIES
            ),
            None,
        )
        if country == words or (country and len(words.split()) <= 2 and not is_organisation(words, known)):
            organisation = organisation or COUNTRIES[str(country)]
        elif (
            words
            and words not in NOT_NAMES
            and (is_organisation(words, known) or not initial or len(words.split()) > 1)
        ):
            if looks_like_person(words, known) and not name and match is None:
                name = words
            else:
                organisation = (
                    organisation or known.short.get(words, words)
                    if words not in known.organisations
                    else words
                )
            own = before[last.end() :]
    role_text = f"{own.strip()} {role_words}".strip()
    role_text = re.sub(
        r"^(?:one of the|one of its|the|an?|another|one|some|many|several|two|three|both|a group of|other|also|its|their|Two|Three|The|A|An|Another|Some|Several|Other|Many) (?:other )?",
        "",
        role_text,
    ).strip(", ")
    role_text = role_text[:1].lower() + role_text[1:] if role_text[1:2].islower() else role_text
    if name is not None:
        return Source("person", name.strip(), role_text, organisation)
    if plural:
        vague = (
            role[0].lower()
            in ("analysts", "experts", "sources", "observers", "officials", "people", "diplomats")
            and not organisation
        )
        return Source("unnamed" if vague else "group", None, role_text, organisation)
    known_role = next(
        (p for p in reversed(known.people) if p.role and role[0].lower() in p.role.lower()), None
    )
    if known_role is not None and head.lower().startswith("the ") and organisation is None:
        return Source("person", known_role.name, None, known_role.organisation)
    return Source("person", None, role_text, organisation)


def _owner(words: str, known: Known) -> str | None:
    if words.lower().startswith(("its ", "their ")):
        return known.organisations[-1] if known.organisations else None
    return _resolve(words, known)


def _document(head: str, document: re.Match[str], known: Known) -> Source:  # noqa: PLR0911 (rules in order)
    """Images and reports: of a named organisation where one stands behind them."""
    owner = re.search(rf"(?P<name>{NAME})[’']s?\b", head[: document.start() + 1])
    by = re.search(rf"\b(?:by|from|of)(?: the| a)? (?P<name>{NAME})", head[document.end() :])
    group = re.search(rf"\bby (?P<who>.*\b(?:{PLURAL})\b.*)$", head[document.end() :], re.IGNORECASE)
    if group is not None:
        inner = _read_head(group["who"], known)
        if inner and inner[0].organisation:
            return inner[0]
    own = re.match(
        r"(?:its|their|the firm[’']s|the company[’']s|the institute[’']s|the group[’']s)\b",
        head,
        re.IGNORECASE,
    )
    if own is not None:
        called = re.sub(r"[’']s$", "", own[0]).lower().removeprefix("the ")
        organisation = known.organisation_called(called)
        if organisation:
            return Source("organisation", None, None, organisation)
    found = owner or by
    low = re.search(
        r"(?:\b(?:[Tt]he|[Ii]ts|[Tt]his) |^)(?P<who>[a-z][a-z-]*(?: [a-z-]+)?)[’']s? ",
        head[: document.start() + 1],
    )
    low = low or re.search(
        r"\b(?:by|from|of) (?:the |an? )?(?:same )?(?P<who>[a-z-]+(?: [a-z-]+)?)", head[document.end() :]
    )
    if found is None and low is not None and (body := COMMON_ORG.search(low["who"])):
        return Source(
            "organisation", None, None, known.organisation_called(body[0]) or low["who"][: body.end()]
        )
    if found is None:
        named = [
            m[0]
            for m in NAME_RE.finditer(head[: document.start()])
            if is_organisation(m[0], known) and clean(m[0]) not in ADJECTIVES
        ]
        if named and not document["imagery"]:
            return Source("organisation", None, None, clean(named[-1]))
        if re.match(
            r"(?:(?:some|several|unconfirmed|media|press|news|various|recent|earlier) )*reports\b",
            head.lower(),
        ):
            return Source("unnamed")
        if re.match(r"(?:the |that )same ", head, re.IGNORECASE) and known.organisations:
            return Source("document", None, None, known.organisations[-1])
        told = document["imagery"] and re.match(r"(?:the|these|those|both|all) ", head, re.IGNORECASE)
        return Source("document", None, None, known.imagery if told else None)
    name = clean(found["name"])
    if document["imagery"]:
        return Source(
            "document",
            None,
            None,
            known.short.get(name, name) if by or is_organisation(name, known) else None,
        )
    return Source("organisation", None, None, known.short.get(name, name))


def _named(head: str, names: list[re.Match[str]], known: Known) -> Source:  # noqa: PLR0911 (rules in order)
    first = names[0]
    name = clean(re.sub(TITLE, "", first[0]))
    owner = re.match(r"(?P<owner>(?:[Tt]he )?(?:[a-z]+|[A-Z][\w ]*))[’']s (?P<name>.+)$", head)
    if owner and looks_like_person(owner["name"], known):
        return Source("person", owner["name"], None, _resolve(owner["owner"], known))
    if owner and re.search(r"[a-z]", owner["name"][:1]) and COMMON_ORG.search(owner["name"]):
        return Source("organisation", None, None, re.sub(r"^[Tt]he ", "", head))
    of = re.match(
        rf"(?P<who>{CAP}(?: {CAP}){{1,2}}) (?:of|from|at|for|with)(?: the)? (?P<what>{NAME})$", name
    )
    if of and not is_organisation(of["who"], known) and looks_like_person(of["who"], known):
        return Source("person", of["who"], None, _resolve(of["what"], known))
    person = known.person(name)
    if person is not None:
        return Source("person", person.name, None, person.organisation)
    rest = head[first.end() :]
    body = COMMON_ORG.search(head[: first.start()])
    if body is not None and re.search(r"\b(?:of|for)(?: the)? $", head[: first.start()]):
        return Source("organisation", None, None, clean(head))
    tail = re.match(r"(?: (?:[a-z]+)){1,2}$", rest)
    if tail and COMMON_ORG.search(rest):
        return Source("organisation", None, None, re.sub(r"^(?:the|The) ", "", head))
    if TITLE.match(first[0]) or looks_like_person(name, known):
        return Source("person", name, None, _organisation_in(rest, known))
    if name in CAPITALS or name in COUNTRIES:
        return Source("organisation", None, "government", COUNTRIES[name])
    if len(name.split()) == 1 and COMMON_ORG.fullmatch(name):
        return Source("organisation", None, None, known.organisation_called(name) or name)
    return Source("organisation", None, None, known.short.get(name, name))


def _common(head: str, bare: str, known: Known) -> Source:
    noun = COMMON_ORG.findall(bare)[-1].lower()
    country = next((COUNTRIES[w] for w in ADJECTIVES if bare.startswith(w + " ")), None)
    called = (
        known.organisation_called(noun)
        if re.match(r"(?:the|this|that) ", head, re.IGNORECASE) and len(bare.split()) <= 2
        else None
    )
    if country:
        return Source("organisation", None, noun, country)
    return Source("organisation", None, None, called or re.split(r" (?:in|on|of|at|near) ", bare)[0])
