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
        "clarify/clarifies/clarified quip/quipped count/counts/counted give/gives/gave promise/promises/promised "
        "complain/complains/complained predict/predicts/predicted put/puts specify/specifies/specified reiterate/reiterates/reiterated "
        "contend/contends/contended boast/boasts/boasted recount/recounts/recounted informs/informed relate/relates/related reckon/reckons/reckoned"
    ),
    "reports": "report/reports/reported publish/publishes/published broadcast carries/carried quotes/quoted",
    "suggests": "suggest/suggests/suggested hint/hints/hinted imply/implies/implied propose/proposes/proposed speculate/speculates/speculated",
    "confirms": "confirm/confirms/confirmed verify/verifies/verified corroborate/corroborates/corroborated",
    "denies": "deny/denies/denied reject/rejects/rejected dismiss/dismisses/dismissed dispute/disputes/disputed refute/refutes/refuted rebut/rebuts/rebutted contradict/contradicts/contradicted",
    "accuses": "accuse/accuses/accused blame/blames/blamed",
    "alleges": "allege/alleges/alleged",
    "believes": "believe/believes/believed think/thinks/thought consider/considers/considered expect/expects/expected suspect/suspects/suspected assume/assumes/assumed fear/fears/feared doubt/doubts/doubted",
    "estimates": "estimate/estimates/estimated calculate/calculates/calculated",
    "determines": "determine/determines/determined conclude/concludes/concluded find/finds/found assess/assesses/assessed establish/establishes/established judge/judges/judged",
    "identifies": "identify/identifies/identified spot/spots/spotted detect/detects/detected",
    "shows": "show/shows/showed/shown reveal/reveals/revealed depict/depicts/depicted demonstrate/demonstrates/demonstrated document/documents/documented",
    "indicates": "indicate/indicates/indicated",
}
STANCES: dict[str, str] = {
    form.replace("+", " "): stance
    for stance, forms in _STEMS.items()
    for group in forms.split()
    for form in group.split("/")
}
"""Form of a verb → stance."""

SPEAKING = frozenset(form for form, stance in STANCES.items() if stance in ("asserts",)) - frozenset(
    words(
        "count counts counted give gives gave put puts describe describes described observe observes observed"
    )
)
"""Verbs that need nothing after them to attribute ("..., the agency said.")."""
STRONG = frozenset(
    words("say says said saying told tell tells added explained stated noted stressed insisted")
)
