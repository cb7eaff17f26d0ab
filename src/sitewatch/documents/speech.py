"""Verbs that attribute, each with the stance that it shows."""
# ruff: noqa: E501 (a pattern reads better in one line)

from collections.abc import Mapping

from sitewatch.documents.spans import words

_STEMS: Mapping[str, str] = {
    "asserts": (
        "say/says/said/saying state/states/stated explain/explains/explained note/notes/noted add/adds/added tell/tells/told "
        "emphasise/emphasises/emphasised emphasize/emphasizes/emphasized stress/stresses/stressed underline/underlines/underlined "
        "argue/argues/argued write/writes/wrote comment/comments/commented remark/remarks/remarked insist/insists/insisted "
        "announce/announces/announced declare/declares/declared claim/claims/claimed maintain/maintains/maintained "
        "acknowledge/acknowledges/acknowledged admit/admits/admitted warn/warns/warned caution/cautions/cautioned "
        "observe/observes/observed reply/replies/replied recall/recalls/recalled repeat/repeats/repeated continue/continued "
        "point+out/points+out/pointed+out disclose/discloses/disclosed assert/asserts/asserted describe/describes/described "
        "tweet/tweets/tweeted post/posts/posted conclude+by/concede/concedes/conceded testify/testifies/testified "
        "clarify/clarifies/clarified quip/quipped submit/submits/submitted give/gives/gave promise/promises/promised "
        "complain/complains/complained put/puts specify/specifies/specified reiterate/reiterates/reiterated "
        "contend/contends/contended mention/mentions/mentioned call/calls/called boast/boasts/boasted recount/recounts/recounted informs/informed relate/relates/related"
    ),
    "reports": "report/reports/reported publish/publishes/published broadcast carries/carried quotes/quoted",
    "suggests": "suggest/suggests/suggested hint/hints/hinted imply/implies/implied propose/proposes/proposed speculate/speculates/speculated",
    "confirms": "confirm/confirms/confirmed verify/verifies/verified corroborate/corroborates/corroborated",
    "denies": "doubt/doubts/doubted deny/denies/denied reject/rejects/rejected dismiss/dismisses/dismissed dispute/disputes/disputed refute/refutes/refuted rebut/rebuts/rebutted contradict/contradicts/contradicted",
    "accuses": "accuse/accuses/accused blame/blames/blamed",
    "alleges": "allege/alleges/alleged",
    "believes": "assess/assesses/assessed judge/judges/judged predict/predicts/predicted reckon/reckons/reckoned believe/believes/believed think/thinks/thought consider/considers/considered expect/expects/expected suspect/suspects/suspected assume/assumes/assumed fear/fears/feared",
    "estimates": "estimate/estimates/estimated",
    "determines": "calculate/calculates/calculated determine/determines/determined conclude/concludes/concluded count/counts/counted find/finds/found establish/establishes/established",
    "identifies": "identify/identifies/identified spot/spots/spotted detect/detects/detected",
    "shows": "show/shows/showed/shown reveal/reveals/revealed depict/depicts/depicted demonstrate/demonstrates/demonstrated document/documents/documented",
    "indicates": "indicate/indicates/indicated",
}
_MORE: Mapping[str, str] = {
    "asserts": (
        "affirm agree aver regret advise allow answer articulate avow assure attest beg bemoan brag bristle chuckle counter chronicle communicate concur confess convey cry "
        "decry deplore detail divulge echo elaborate enthuse exclaim expound fume grumble gripe indict inform intone interject invoke joke lament laugh lecture "
        "muse mutter murmur narrate object opine outline plead pledge ponder preach proclaim profess pronounce proffer quip rage rail react recapitulate recite "
        "rejoin relay remind respond retort scoff shout shrug sigh snap sneer spell+out stipulate sum+up summarise summarize thunder trumpet urge utter volunteer "
        "vouch vow weigh+in whisper wonder applaud praise caution enumerate expand confide reassure respond"
    ),
    "denies": "query rebuff repudiate discount disavow disclaim decry+as brush+off gainsay play+down rubbish ",
    "accuses": "charge+that condemn",
    "believes": "presume guess figure+that hold+that feel+that surmise conjecture suppose hypothesise hypothesize theorise theorize anticipate envisage foresee forecast gather+that imagine postulate posit",
    "estimates": "project+that compute extrapolate gauge guesstimate",
    "determines": "uncover unearth measure ascertain deduce infer discern diagnose verify+that rule+that reason",
    "confirms": "authenticate validate substantiate certify",
    "identifies": "pinpoint",
    "shows": "list name record register illustrate display prove leave+little+doubt leave+no+doubt",
    "indicates": "signify",
}
"""Regular verbs, given by their stem; a second word belongs to the verb."""
_FRAMES: Mapping[str, tuple[str, str, str]] = {
    "asserts": (
        "express expresses expressed voice voices voiced raise raises raised",
        "concern concerns fears hope alarm surprise",
        "that about over at",
    ),
    "denies": (
        "express expresses expressed voice voices voiced raise raises raised",
        "doubt doubts scepticism skepticism",
        "that about over",
    ),
    "believes": (
        "is are was were remains remained",
        "adamant confident optimistic worried concerned afraid aware",
        "that",
    ),
}
"""Verbs that attribute with a noun or adjective after them, and the word that follows: "voiced doubts about"."""
_SCEPTICAL = ("is are was were remains remained", "sceptical skeptical doubtful dismissive", "of about that")
_IRREGULAR: Mapping[str, str] = {
    "asserts": "would+have+us+believe would+have+you+believe want+us+to+believe wants+us+to+believe understands agree+that agrees+that agreed+that goes+on+to+say went+on+to+say arrived+at arrives+at arrive+at accepts+that accepted+that accept+that is+on+record+as+saying went+on+record gave+assurances+that gives+assurances+that drew+attention+to draws+attention+to draw+attention+to drawn+attention+to called+attention+to calls+attention+to would+only+say sounded+the+alarm sounds+the+alarm signalled+that signaled+that signals+that saying adding noting claiming arguing insisting warning stating explaining stressing maintaining lays+down provides+for provided+for sets+out set+out deposes+to deposed+to depose+to deposes deposed depose averred attributes attributed attribute telling swear swears swore hold+that holds+that held+that writes+that lets+it+be+known let+it+be+known makes+clear made+clear makes+plain made+plain make+plain stands+by stood+by stand+by "
    "make+clear lets+slip let+slip speaks+of speak+of spoke+of talks+of talk+of talked+of went+further goes+further chips+in chipped+in has+it had+it takes+issue took+issue "
    "puts+it put+it ran+the+line has+spoken+of have+spoken+of",
    "believes": "see+it+as sees+it+as saw+it+as see+this+as sees+this+as regard+it+as regards+it+as felt+that feel+that feels+that foresaw foresees forecasts is+convinced+that are+convinced+that was+convinced+that were+convinced+that "
    "is+certain+that are+certain+that is+sure+that are+sure+that takes+the+view+that took+the+view+that is+of+the+opinion+that are+of+the+opinion+that is+of+the+view+that",
    "accuses": "accusing blaming pulled+up pulls+up took+to+task takes+to+task",
    "alleges": "alleging",
    "suggests": "point+to points+to pointed+to",
    "confirms": "supports+that supports+this support+this supported+this supports+him supports+her support+him support+her backs backed bears+out bear+out bore+out borne+out lends+weight+to lend+weight+to lent+weight+to lends+support+to vouches+for vouched+for backs+up backed+up attests+to attested+to attest+to",
    "denies": "rules+that+out ruled+that+out rule+that+out rules+this+out ruled+this+out rule+this+out rules+it+out ruled+it+out rule+it+out does+not+find did+not+find+this do+not+find+this does+not+bear+this+out do+not+bear+this+out did+not+bear+this+out does+not+bear+that+out do+not+bear+that+out does+not+bear+it+out do+not+bear+it+out has+doubts has+his+doubts has+her+doubts have+their+doubts have+doubts questions questioned question pushed+back+on pushes+back+on pushed+back+against pours+scorn+on poured+scorn+on takes+exception+to took+exception+to questioned+whether questions+whether debunks debunked discredits discredited rules+out ruled+out rule+out plays+down played+down denying disputing rejecting contests contested contest laughs+off laughed+off laugh+off scoffs+at scoffed+at says+otherwise say+otherwise said+otherwise begs+to+differ beg+to+differ begged+to+differ remains+unconvinced remain+unconvinced remained+unconvinced contradict contradicts contradicted does+not+accept do+not+accept did+not+accept does+not+agree disagree disagrees disagreed refuses+to+accept refused+to+accept pours+cold+water poured+cold+water shoots+down shot+down casts+doubt cast+doubt calls+into+question called+into+question takes+issue took+issue",
    "estimates": "puts+it+at put+it+at makes+it made+it",
    "shows": "testifies+to testify+to testified+to bears+witness+to bear+witness+to",
    "reports": "saw sees reporting",
    "determines": "ruled came+to+a+different comes+to+a+different came+to+another reached+a+different reached+another discovers discovered noticed tallied tallies geolocated geolocates came+up+with comes+up+with came+to+the+conclusion+that comes+to+the+conclusion+that worked+out works+out",
}


def _regular(stem: str) -> tuple[str, ...]:
    """Plain, third person, past: "deny" → deny, denies, denied; of "spell out" the first word bends."""
    verb, _, rest = stem.partition("+")
    tail = f" {rest.replace('+', ' ')}" if rest else ""
    if verb.endswith("y") and verb[-2] not in "aeiou":
        third, past = verb[:-1] + "ies", verb[:-1] + "ied"
    else:
        third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")
        double = verb in ("regret", "brag", "snap", "infer", "rebut", "quip", "shrug", "sum", "refer")
        past = verb + ("d" if verb.endswith("e") else f"{verb[-1]}ed" if double else "ed")
    return tuple(form + tail for form in (verb, third, past))


def _framed(frame: tuple[str, str, str]) -> tuple[str, ...]:
    verbs, nouns, links = (part.split() for part in frame)
    return tuple(f"{verb} {noun} {link}" for verb in verbs for noun in nouns for link in links)


STANCES: dict[str, str] = {
    **{form: stance for stance, frame in _FRAMES.items() for form in _framed(frame)},
    **dict.fromkeys(_framed(_SCEPTICAL), "denies"),
    **{form: stance for stance, stems in _MORE.items() for stem in stems.split() for form in _regular(stem)},
    **{form.replace("+", " "): stance for stance, forms in _IRREGULAR.items() for form in forms.split()},
    **{
        form.replace("+", " "): stance
        for stance, forms in _STEMS.items()
        for group in forms.split()
        for form in group.split("/")
    },
}
"""Form of a verb → stance."""

CLASSES = {
    stance: name
    for name, stances in {
        "says": "asserts quoted-directly reports",
        "establishes": "confirms determines identifies",
        "supposes": "suggests believes suspects alleges estimates indicates",
        "shows": "shows",
    }.items()
    for stance in stances.split()
}
"""Stance → what it has in common with others; a stance that is missing stands alone."""

FURTHER = frozenset(
    form for stems in _MORE.values() for stem in stems.split() for form in _regular(stem)
) - frozenset(form for forms in _STEMS.values() for group in forms.split() for form in group.split("/"))
"""Verbs that have other meanings beside speech ("laugh", "hold"): they attribute only with what is said at hand."""
SPEAKING = (
    frozenset(form for form, stance in STANCES.items() if stance in ("asserts",))
    - FURTHER
    - frozenset(
        words(
            "count counts counted give gives gave put puts describe describes described observe observes observed"
        )
    )
)
"""Verbs that need nothing after them to attribute ("..., the agency said.")."""
STRONG = frozenset(
    words("say says said saying told tell tells added explained stated noted stressed insisted")
)

NOUNS_TOO = frozenset(
    form.replace("+", " ")
    for form in words(
        "report reports claims claim notes note states state comments comment estimates estimate document documents posts post finds find doubts fears shows show suspects suspect judge judges "
        "counts count promises remark remarks blame calls call lists list records record details warnings figures project projects gauge gauges reason reasons echo echoes plans object objects "
        "reporting question questions reply replies repeat warrant thought talk+of talks+of speak+of charge charges forecast forecasts guess broadcast pledge pledges tweet tweets advocate pronounce rule rules complaint answer answers joke laugh rage register registers address addresses put give"
    )
)
"""Verbs that are nouns as well."""
LOOSE = frozenset(
    words(
        "states notes claims comments remarks posts post state note claim comment repeat continue continued specified promises posted related write describes admits allow"
    )
)
"""Verbs of speech that have other uses: a clause, a name or a pause has to follow."""
PAPERS_ONLY = frozenset(
    form.replace("+", " ")
    for form in words(
        "name names list lists listed record records recorded register registers registered foresees foresaw envisages envisaged lays+down provides+for provided+for sets+out set+out"
    )
)
"""Verbs by which only papers speak: "the plan foresees a pit"."""
WRITTEN = frozenset(
    words(
        "said says say states stated reports reported notes noted put puts gave gives found finds estimates estimated claims claimed concludes concluded describes described mentions mentioned makes+clear makes+plain"
    )
)
"""Verbs that papers and images share with people."""
