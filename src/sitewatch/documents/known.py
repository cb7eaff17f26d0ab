"""People and bodies that a document has named so far, and the words that tell one from the other."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from dataclasses import dataclass, field, replace

from sitewatch.documents.places import ADJECTIVES, CAPITALS, COUNTRIES
from sitewatch.documents.spans import words

_ROLES = words(
    "researcher analyst associate fellow director spokesman spokeswoman spokesperson minister president official officer expert "
    "professor scientist engineer mayor chief head chairman chairwoman chair governor editor journalist reporter specialist commander "
    "general colonel captain major admiral ambassador secretary adviser advisor lawyer activist resident villager worker witness farmer owner manager "
    "operator coordinator inspector planner architect consultant author insurer diplomat lawmaker senator deputy investigator monitor "
    "observer historian economist geologist ecologist biologist geographer surveyor contractor developer foreman warden ranger fisherman "
    "neighbour neighbor veteran soldier driver pilot councillor councilor clerk leader representative member founder correspondent "
    "interpreter photographer student lecturer critic source eyewitness employee volunteer campaigner chancellor premier commissioner "
    "superintendent curator archivist envoy aide negotiator principal trader broker miner shepherd herder trustee harbourmaster interpreter "
    "nurse doctor surgeon physician midwife teacher headmaster priest pastor bishop imam monk vicar baker butcher grocer shopkeeper innkeeper landlord tenant plaintiff defendant claimant respondent petitioner prosecutor attorney solicitor barrister judge juror detective sheriff constable captain skipper mariner seaman sailor docker stevedore electrician plumber carpenter welder mechanic bricklayer roofer builder labourer laborer foreman supervisor chief operative executive vice-president president-elect shareholder investor financier accountant auditor actuary statistician mathematician physicist chemist astronomer archaeologist anthropologist sociologist psychologist botanist zoologist ornithologist meteorologist climatologist volcanologist oceanographer metallurgist draughtsman draftsman machinist programmer academic lecturer dean provost rector vice-chancellor postdoc fellow intern columnist commentator blogger broadcaster podcaster producer publisher novelist poet artist filmmaker cameraman anchor pundit watcher sleuth enthusiast hobbyist amateur insider whistle-blower whistleblower defector refugee survivor prisoner inmate detainee hostage migrant commuter passenger traveller traveler tourist visitor guest hiker diver swimmer angler hunter gamekeeper beekeeper grazier rancher peasant smallholder grower forager logger lumberjack gardener cleaner porter caretaker janitor concierge guard sentry policeman policewoman fireman firefighter paramedic rescuer lifeguard pilot navigator steward stationmaster signalman conductor trucker courier postman merchant dealer buyer seller supplier distributor exporter importer retailer banker economist lobbyist strategist tactician planner legislator parliamentarian congressman congresswoman delegate deputy attaché consul emissary mediator arbitrator ombudsman regulator administrator magistrate alderman reeve headman elder chieftain king queen prince princess sultan emir patriarch dissident rebel insurgent militant guerrilla partisan conscript recruit lieutenant sergeant corporal brigadier marshal commodore rear-admiral cadet defender opponent supporter sympathiser proponent skeptic sceptic advocate modeller modeler spotter tracker mapper interpreter assessor evaluator reviewer examiner valuer appraiser adjuster underwriter estate-agent agent contractor subcontractor promoter organiser organizer convenor convener host grandmother grandfather mother father widow pensioner retiree housewife parent child schoolboy schoolgirl pupil undergraduate graduate alumnus mason potter weaver tailor blacksmith miller brewer vintner cook chef waiter barman bartender adjutant quartermaster bosun engineer-in-chief lighthouse-keeper keeper warden bailiff trustee registrar custodian guardian harbourmaster technician guy person ceo cfo cto coo mp mps mep vp predecessor successor colleague counterpart son daughter brother sister wife husband cousin uncle aunt landowner householder homeowner shopkeeper boss veteran trustee baroness lord lady duke earl count countess viscount spokesgirl interlocutor correspondent angler gravedigger undertaker beachcomber birdwatcher birder rambler cyclist motorist ferryman boatman oarsman rower coach trainer umpire referee photogrammetrist mate pal buddy guest cartographer hydrologist seismologist forester agronomist treasurer"
)


_PLURALS = {"spokesmen": "spokesman", "spokeswomen": "spokeswoman", "spokespeople": "spokesperson", "authorities": "authority", "people": "person",
            "witnesses": "witness", "secretaries": "secretary", "deputies": "deputy", "fishermen": "fisherman", "firefighters": "firefighter", "policemen": "policeman", "locals": "local", "elders": "elder", "clergy": "clergy", "neighbours": "neighbour", "activists": "activist", "loyalists": "loyalist", "insiders": "insider", "islanders": "islander", "townspeople": "townsman", "townsfolk": "townsman", "tribesmen": "tribesman", "seamen": "seaman", "men": "man", "women": "woman", "police": "police"}  # fmt: skip


_SINGULAR = "|".join(["(?:harbou?r|station|head|wharf) ?master", *sorted(_ROLES, key=len, reverse=True)])


PLURAL = "|".join(
    sorted([f"{r}s" for r in _ROLES if not r.endswith("s")] + list(_PLURALS), key=len, reverse=True)
)


ROLE = re.compile(rf"\b(?:(?P<plural>{PLURAL})|(?P<singular>{_SINGULAR}))\b(?!-)", re.IGNORECASE)


_ORG_HEADS = words(
    "institute institution center centre university ministry agency analytics labs lab laboratory times post house council group service "
    "network watch office department bureau command committee commission authority organization organisation company corporation corp inc ltd "
    "ltda pty solar steels foods motors cements textiles mills quarries estates plantations concrete aggregates dismantling demolition haulage trucking transport maritime offshore resources metals copper lithium nickel "
    "timber forestry pulp sugar fisheries seafood breweries pharma biotech healthcare properties realty developments homes housing hotels resorts telecom telecoms telecommunications communications hydro nuclear renewables "
    "terminals warehousing storage tankers solutions services products campaign energo materials contractors builders infrastructure waterways pipelines farms dairies smelter foundry monitoring consultants cluster "
    "gmbh foundation fund association union party press news radio television tv herald tribune journal guardian gazette daily observer telegraph mirror "
    "chronicle bank court parliament senate congress assembly administration board navy army force forces corps guard police "
    "intelligence college academy school society museum observatory survey project initiative alliance federation league movement minerals "
    "energy oil gas mining steel holdings partners consulting systems technologies technology industries imaging space maps government "
    "staff kremlin pentagon defence defense directorate programme program team collective mission secretariat cabinet treasury fleet works network airways shipping forum desk watchdog observatory ledger courier advertiser argus standard record mail express star sun globe dispatch review digest bulletin wire newswire monitor sentinel trust inspectorate ombudsman regulator tribunal chamber guild club consortium syndicate union front brotherhood church diocese synod archive archives library clinic hospital authority utility railways rail port ports docks harbour harbor shipyard shipyards refinery combine audit enterprise enterprises ventures capital securities insurance assurance bank exchange logistics engineering construction cement grupo compañía compania société societe agence agencia empresa compagnie gesellschaft stiftung verein istituto instituto institut ministerio ministère power electric electricity gas petroleum chemicals pharmaceuticals aerospace aviation dynamics robotics software data geospatial imagery mapping surveys surveyors architects associates brothers sons lines cargo freight secretariat delegation embassy consulate mission unit taskforce panel brigade division regiment battalion squadron garrison militia"
)


_HEAD = re.compile(rf"\b(?:{'|'.join(_ORG_HEADS)})\b", re.IGNORECASE)


COMMON_ORG = re.compile(
    r"\b(?:civil defen[cs]e|civil protection|coast ?guard|fire brigade|fire service|border guard|air force|air defen[cs]e|city hall|town hall|county hall|press service|press-service|joint command|general staff|high command|front office|firm|company|laboratory|club|co-op|cooperative|holding|institute|ministry|agency|group|think[ -]tank|organi[sz]ation|newspaper|paper|network|lab|operator|government|outlet|broadcaster|"
    r"station|university|council|department|office|service|army|navy|police|military|regime|administration|authority|authorities|commission|committee|"
    r"observatory|centre|center|company|contractor|utility|media|radio|channel|site|website|consultancy|embassy|kremlin|foundation|charity|monitor|"
    r"union|party|bank|court|staff|command|developer|miner|owner|yard|port|municipality|enterprise|combine|conglomerate|parent|subsidiary|supplier|manufacturer|builder|startup|start-up|shipyard|refinery|carrier|airline|railway|exchange|watchdog|regulator|tribunal|inspectorate|ombudsman|cooperative|co-operative|trust|guild|chamber|clinic|hospital|prosecution|opposition|club|society|publisher|daily|weekly|magazine|gazette|blog|syndicate|junta|militia|garrison|squadron|brigade|garrison|customs|treasury|cabinet|parliament|senate|assembly|presidency|premiership|secretariat|directorate|gendarmerie|television|steelmaker|carmaker|chipmaker|planemaker|drugmaker|shipbuilder|lender|retailer|delegation|panel|taskforce|task force|unit|desk|forum|alliance|consortium|society|club|board|association|bureau|movement|coalition|collective|team|wing|faction)\b",
    re.IGNORECASE,
)


CAP = r"(?:(?<!\w)[A-Z\u00c0-\u00de][\w’'&.-]{0,40}(?!\w)|@\w{1,40})"


NAME = rf"{CAP}(?:(?: (?:of|for|on|de|del|la|van|von|bin|al|and|der|the|du|&)){{0,3}}? {CAP}){{0,8}}"


NAME_RE = re.compile(NAME)


TITLE = re.compile(
    r"^(?:Mr|Mrs|Ms|Mx|Dr|Cllr|Rev|Fr|Cmdr|Comdr|Cdr|Brig|Insp|Supt|Amb|Hon|Eng|Ing|Mme|Mlle|Herr|Frau|Señor|Señora|Signor|Signora|Judge|Justice|Pastor|Father|Sister|Imam|Sheikh|Prof|Professor|Gen|Col|Maj|Capt|Lt|Sgt|Adm|Sen|Rep|Gov|President|Minister|General|Colonel|Captain|Governor|Senator|Sir|Lord|Lady|Dame)\.? "
)


NOT_NAMES = frozenset(
    words(
        "The A An This That These Those In On At As But And While When If It He She They We I According Further Recent New Local Publicly Satellite Historical Both Another Some Several Many Two Three Four Five Most All No Not Yet Still Also However Meanwhile Later Earlier Asked By Analysis Images Imagery Reports Photos Data Officials Analysts Experts Researchers Residents Villagers Witnesses Sources"
    )
)


_STATE = re.compile(r"ministry|government|army|navy", re.IGNORECASE)
_PUBLIC = re.compile(
    r"council|board|bureau|directorate|inspectorate|committee|service|authority|agency|commission|court|university|institute|observatory|cent(?:re|er)|department|office|police|parliament|tribunal|post|times|herald|courier|news|radio|tribune|gazette",
    re.IGNORECASE,
)
_FEMALE = re.compile(
    r"woman\b|mother|widow|nun\b|queen|princess|actress|waitress|hostess|headmistress", re.IGNORECASE
)
_MALE = re.compile(r"(?<!wo)man\b|father|monk|king\b|prince\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """Who speaks, as read from a noun phrase."""

    kind: str
    name: str | None = None
    role: str | None = None
    organisation: str | None = None


@dataclass(slots=True)
class Known:
    """Who was mentioned so far in a document, latest last; what anaphora is resolved against."""

    people: list[Source] = field(default_factory=list)
    organisations: list[str] = field(default_factory=list)
    groups: list[Source] = field(default_factory=list)
    short: dict[str, str] = field(default_factory=dict)
    """Acronym → organisation."""
    heads: dict[str, str] = field(default_factory=dict)
    """What an organisation was called in an apposition ("firm") → organisation."""
    full: dict[str, str] = field(default_factory=dict)
    """Family name → full name, wherever it stands in the document."""
    latest: str | None = None
    """The organisation that was the last subject, as it was called, which may be "the ministry"."""
    bodies: list[str] = field(default_factory=list)
    """Organisations by their form of name, wherever they stand in the document."""
    lower: frozenset[str] = frozenset()
    """Words that the document has in lower case."""
    places: frozenset[str] = frozenset()
    """Names that stand after "in", "at", "near": places rather than bodies."""
    paper: Source | None = None
    """The paper or image that spoke last."""
    imagery: str | None = None
    """Who took the images that the document speaks of."""

    def person(self, surname: str) -> Source | None:
        return next(
            (p for p in reversed(self.people) if p.name and surname in (p.name, p.name.split()[-1])), None
        )

    def last_person(self, pronoun: str = "") -> Source | None:
        """Whom "he" or "she" means: the last person whose role does not say otherwise."""
        other = {"he": _FEMALE, "she": _MALE}.get(pronoun)
        return next(
            (p for p in reversed(self.people) if not (other and p.role and other.search(p.role))), None
        )

    def notice(self, source: Source) -> None:
        """Remember a subject that says nothing, where it is surely a person or a body: with a role, or by its name."""
        if source.kind == "person" and (source.role or (source.name and source.name in self.full.values())):
            self.remember(source)
        elif source.kind == "organisation" and source.organisation and source.role != "government":
            if source.organisation.islower():
                self.latest = source.organisation
            elif is_organisation(source.organisation, self) and not (
                _HEAD.fullmatch(source.organisation) and source.organisation not in self.short
            ):
                self.latest = source.organisation
                self.mention(source.organisation)
        elif source.kind == "group" and source.role:
            self.remember(source)

    def remember(self, source: Source) -> None:
        if source.kind == "person" and source.role and not source.name:
            self.people = [p for p in self.people if p != source] + [source]
        elif source.kind == "person" and source.name:
            older = self.person(source.name)
            merged = source if older is None else replace(
                source, role=source.role or older.role, organisation=source.organisation or older.organisation
            )  # fmt: skip
            self.people = [p for p in self.people if p.name != source.name] + [merged]
        elif source.kind == "group":
            self.groups.append(source)
        if source.organisation:
            self.mention(source.organisation)
            if source.kind == "organisation":
                self.latest = source.organisation

    @property
    def body(self) -> str | None:
        """Which body "it" and "its" mean: the one that spoke or was spoken of last."""
        return self.latest or (self.organisations[-1] if self.organisations else None)

    def is_word(self, name: str) -> bool:
        """Whether a capitalised word stands in the document in lower case too."""
        return name.lower() in self.lower

    def mention(self, organisation: str) -> None:
        if (organisation.islower() and " " not in organisation) or COMMON_ORG.fullmatch(organisation):
            return  # "the company": a description, not a name to come back to
        if organisation in self.organisations:
            self.organisations.remove(organisation)
        self.organisations.append(organisation)

    def organisation_called(self, words: str) -> str | None:
        """The organisation that "the firm" or "the institute" means: the last whose name or description fits."""
        head = words.lower().split()[-1] if words else ""
        if head in self.heads:
            return self.heads[head]
        stem = head.removesuffix("maker").removesuffix("builder") if len(head) > 8 else head
        edge = r"\b" if len(stem) < 4 else ""
        fitting = [o for o in self.organisations if re.search(rf"{edge}{re.escape(stem)}", o, re.IGNORECASE)]
        fitting = fitting or [
            o for o in self.bodies if re.search(rf"{edge}{re.escape(stem)}", o, re.IGNORECASE)
        ]
        fitting = [o for o in fitting if " " in o] or fitting
        if fitting:
            return fitting[-1]
        if len(words.split()) > 1 and head in ("agency", "network", "lab"):
            return None
        if head in (
            "firm",
            "company",
            "group",
            "organisation",
            "organization",
            "outlet",
            "agency",
            "paper",
            "newspaper",
            "network",
            "it",
            "they",
            "lab",
            "its",
            "their",
        ):
            private = [o for o in self.organisations if o not in COUNTRIES and not _STATE.search(o)]
            if head in ("firm", "company"):
                private = [o for o in private if not _PUBLIC.search(o)]
            if head in ("firm", "company"):
                private = private or [
                    o for o in self.bodies if not _STATE.search(o) and not _PUBLIC.search(o)
                ]
            # A name that stood alone may be a firm's as well as a person's.
            private = private or [p.name for p in self.people if p.name and not p.role and not p.organisation]
            return private[-1] if private else None
        return None


def clean(name: str) -> str:
    name = re.sub(r"\s*\([^)]*\)", "", name).strip(" ,.")
    name = re.sub(r"[’']s$", "", name)
    return re.sub(r"^(?:the|a|an|The|A|An) (?=\S)", "", name).lstrip("@")


_ROLE_OR_BODY = re.compile(
    rf"^(?:(?:the|a|an|its|their|another|one|former|local|state|[a-z-]+) ){{0,4}}(?:{_SINGULAR}|{PLURAL}|firm|company|institute|ministry|agency|group|organi[sz]ation|newspaper|network|lab|operator|government|university|council|department|office|authority|authorities|observatory|centre|center|report|study)\b",
    re.IGNORECASE,
)


def has_role(phrase: str) -> bool:
    """Whether a phrase without a name still says who speaks: "the director", "the agency"."""
    return bool(_ROLE_OR_BODY.match(phrase.strip()))


def remember_names(text: str, known: Known) -> None:
    """Short names that a text explains: "Centre for Studies (CNS)"."""
    known.lower |= frozenset(re.findall(r"\b[a-z]+\b", text))
    known.places |= frozenset(
        m[1] for m in re.finditer(r"\b(?:in|at|near|over|around|outside|from) ([A-Z]\w+)(?! [A-Z])", text)
    )
    for match in re.finditer(rf"({NAME})\s*\(([A-Z][A-Za-z&.-]{{1,9}})\)", text):
        known.short.setdefault(match[2], clean(match[1]))
    taken = re.search(
        rf"\b(?:images?|imagery|pictures?|photos?|photographs?)\b[^.!?\n]{{0,80}}?\b(?:captured|taken|provided|acquired|collected|supplied) by (?:the )?({NAME})",
        text,
    )
    known.imagery = clean(taken[1]) if taken and len(taken[1].split()) <= 4 else known.imagery
    for match in re.finditer(
        rf"({NAME}),? (?:is|was|which is|itself) (?:an?|the) ((?:[a-z-]+ ){{0,4}}[a-z-]+)", text
    ):
        kind = re.split(r" (?:in|of|for|that|which|at|on|with|based|and|from|near|by)\b", match[2])[0]
        if (noun := COMMON_ORG.search(kind)) and noun.end() == len(kind):
            known.heads.setdefault(noun[0], clean(match[1]))
    for match in re.finditer(rf"({NAME}), (?:an?|the) ((?:[a-z-]+ ){{0,4}}[a-z-]+)(?=[,.;])", text):
        if (
            (noun := COMMON_ORG.search(match[2]))
            and noun.end() == len(match[2])
            and not re.search(r"\b(?:at|of|for|with|in|from|by)\b", match[2])
            and not ROLE.search(match[2])
        ):
            known.heads.setdefault(noun[0], clean(match[1]))
    for match in NAME_RE.finditer(text):
        name = clean(match[0])
        if re.search(r"[a-z]{3}\. ", name):
            continue  # over the end of a sentence
        if " " in name and _HEAD.search(name) and name not in known.bodies and len(known.bodies) < 200:
            known.bodies.append(name)
    seen: dict[str, str] = {}
    for match in _PAIR.finditer(text):
        if looks_like_person(match[0], known):
            seen.setdefault(match[0].split()[-1], match[0])
    for name in list(seen.values()):
        seen.setdefault(name.split()[0], name)
    tokens = _TOKEN.findall(text)
    for before, token, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
        bare = token.removesuffix("’s").removesuffix("'s")
        whole = seen.get(bare)
        if whole and len(bare) > 2 and before != whole.split()[0] and after != whole.split()[-1]:
            known.full.setdefault(bare, whole)


_TOKEN = re.compile(r"[\w’'-]+")
_PAIR = re.compile(
    r"(?<![\w’'] )(?<![A-Z]\. )\b[A-Z][a-z’'-]+(?: [A-Z]\.)? [A-Z][a-z’'-]+\b(?! [A-Z][a-z]+)|\b[A-Z][a-z]+ [A-Z][a-z]+\b(?! [A-Z])"
)


_LEGAL = re.compile(
    r" (?:AG|SA|SAS|SpA|S\.p\.A|NV|N\.V|BV|B\.V|Oy|Oyj|AB|AS|A\.S|ASA|PLC|Plc|plc|KK|Kft|Kg|KG|SE|SRL|Srl|JSC|PJSC|LLC|LLP|LP|d\.o\.o|Bhd|Tbk|Co|Cie|Pte|Pvt)\.?$|^(?:OOO|OAO|ZAO|PAO|AO|PT|CV|FC|UAB|SIA) "
)
"""Forms of companies in their names."""


def is_organisation(name: str, known: Known) -> bool:
    """Whether a capitalised name is that of a body rather than of a person."""
    bare = clean(name)
    return bool(
        _HEAD.search(bare)
        or "&" in bare
        or bare in known.short
        or bare in known.organisations
        or bare in CAPITALS
        or bare in COUNTRIES
        or re.fullmatch(r"[A-Z][A-Z&.]{1,9}", bare)
        or _LEGAL.search(bare)
        or name.startswith("@")
    )


def looks_like_person(name: str, known: Known) -> bool:
    words = name.split()
    if known.person(clean(name)):
        return True
    return (
        2 <= len(words) <= 4
        and not re.fullmatch(r"[A-Z]{2,}", words[0])
        and not is_organisation(name, known)
        and all(w[:1].isupper() or w in ("de", "van", "von", "bin", "al", "der", "la") for w in words)
        and words[0] not in NOT_NAMES
        and words[0] not in ADJECTIVES
        and " ".join(words[:2]) not in ADJECTIVES
    )
