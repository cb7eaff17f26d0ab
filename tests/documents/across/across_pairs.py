"""Pairs of made-up press texts with what must and must not be found between them, read by our own extraction.

All places, groups and persons are fictional. The second half (`KEPT`) was written before the first run of any of them
and looked at only once the code was finished.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pair:
    name: str
    a: str
    b: str
    published: tuple[str | None, str | None] = ("2031-06-10", "2031-06-12")
    sources: tuple[str | None, str | None] = (None, None)
    want: tuple[tuple[str, str, str], ...] = ()
    """(relation, words of a claim in a, words of a claim in b)."""
    refuse: tuple[tuple[str, str, str], ...] = ()
    one_origin: tuple[tuple[str, str], ...] = ()
    two_origins: tuple[tuple[str, str], ...] = ()
    changed: tuple[str, ...] = field(default=())
    """Words that a row of the lineage must hold."""


SEEN = (
    Pair(
        "a wire retold",
        "A new fitting hall has gone up at the Tarn Point shipyard, according to satellite images examined by the "
        "Orlene Survey Group.\nAda Quill, an analyst at the Orlene Survey Group, said the new fitting hall is "
        "half as "
        "large again as the old "
        "fitting hall.\n“We think the yard wants to launch larger hulls,” Quill said.\n"
        "The slipway was widened between late May and mid-June.",
        "Source: Norrwire\nImages from orbit show a new hall at the Tarn Point shipyard.\nThe new fitting hall "
        "is half "
        "the size of the old fitting hall, said analyst Ada Quill of the Orlene Survey Group.\n“We believe the "
        "yard is "
        "getting ready for bigger ships,” Quill said.\nThe slipway has also been widened.",
        sources=(None, "Norrwire"),
        want=(
            ("contradicts", "half as large again", "half the size of"),
            ("quote-mismatch", "wants to launch", "getting ready"),
            ("agrees", "slipway was widened", "slipway has also been widened"),
        ),
        refuse=(("agrees", "half as large again", "half the size of"),),
        one_origin=(("half as large again", "half the size of"), ("wants to launch", "getting ready")),
    ),
    Pair(
        "two analyses that agree",
        "The Pell Institute analysed images taken in April 2031. The new depot at Brackmoor is 42 meters by 15 "
        "meters, "
        "the Pell Institute said. A perimeter fence was completed in March 2031, the Pell Institute said.",
        "In its own study, the Harl Centre measured the same place. The new depot at Brackmoor is about 43 "
        "metres long, "
        "the Harl Centre said. The perimeter fence was completed in March 2031, the Harl Centre said.",
        want=(
            ("agrees", "42 meters", "about 43 metres"),
            ("agrees", "perimeter fence was completed", "perimeter fence was completed"),
        ),
        refuse=(("contradicts", "15 meters", "about 43 metres"), ("tension", "15 meters", "about 43 metres")),
        two_origins=(("42 meters", "about 43 metres"), ("fence was completed", "fence was completed")),
    ),
    Pair(
        "a floor area that grew",
        "The new warehouse at Low Ketter covers roughly 1,000 square metres. Beside it, a canteen of 300 square "
        "metres "
        "has opened.",
        "The new warehouse at Low Ketter covers 1,800 square metres, the company said. The canteen is still closed.",
        want=(("contradicts", "roughly 1,000 square metres", "1,800 square metres"),),
        refuse=(
            ("contradicts", "canteen of 300", "1,800 square metres"),
            ("tension", "canteen of 300", "1,800 square metres"),
            ("agrees", "canteen of 300", "1,800 square metres"),
        ),
        two_origins=(("roughly 1,000", "1,800"),),
    ),
    Pair(
        "a denial and a hedge",
        "The Vessin company is storing waste at the Orrin quarry, residents say. The lagoon may have leaked.",
        "The Vessin company denied that it is storing waste at the Orrin quarry. The lagoon has leaked.",
        want=(
            ("contradicts", "storing waste", "storing waste"),
            ("certainty-mismatch", "lagoon may have leaked", "lagoon has leaked"),
        ),
        two_origins=(("storing waste", "storing waste"),),
    ),
    Pair(
        "other buildings, same numbers",
        "The new boiler house at Sill is twice the size of the old boiler house. It is 20 metres tall.",
        "The new guard tower at Sill is 20 metres tall. The new chapel is half the size of the old chapel.",
        refuse=(
            ("agrees", "20 metres tall", "20 metres tall"),
            ("contradicts", "twice the size", "half the size"),
            ("tension", "twice the size", "half the size"),
        ),
        two_origins=(("20 metres tall", "20 metres tall"),),
    ),
    Pair(
        "dates of one demolition",
        "The old gasholder at Rusk was demolished in February 2031. The road to the pier has been closed since 2029.",
        "The old gasholder at Rusk was torn down in April 2031. The road to the pier has been closed since at least "
        "2028.",
        want=(("contradicts", "demolished in February", "torn down in April"),),
        refuse=(("agrees", "demolished in February", "torn down in April"),),
    ),
)

KEPT = (
    Pair(
        "smaller and larger",
        "Source: Norrwire\nThe second dry dock at Harl Bay is 60-70 % smaller than the first dry dock, Ben "
        "Ostry of the "
        "Quint Observatory said on Monday.\nThe crane beside it was removed in early October 2030, he said.\n"
        "A rail spur leads to the dock.",
        "Source: Norrwire\nA second dry dock has been dug at Harl Bay.\nBen Ostry of the Quint Observatory said "
        "the second "
        "dry dock is 60-70 % the size of the first dry dock.\nA crane was removed in early October 2030.\n"
        "A rail spur leads to the dock.",
        sources=("Norrwire", "Norrwire"),
        want=(
            ("contradicts", "smaller than the first", "the size of the first"),
            ("agrees", "removed in early October", "removed in early October"),
            ("agrees", "rail spur", "rail spur"),
        ),
        refuse=(("contradicts", "removed in early October", "removed in early October"),),
        one_origin=(("smaller than the first", "the size of the first"), ("rail spur", "rail spur")),
        changed=("smaller than", "the size of"),
    ),
    Pair(
        "three times",
        "The new silo field at Dask is three times bigger than the old silo field.",
        "The new silo field at Dask is four times the size of the old silo field.",
        refuse=(("contradicts", "three times bigger", "four times the size"),),
        two_origins=(("three times bigger", "four times the size"),),
    ),
    Pair(
        "about two thirds",
        "The new greenhouse at Fenwick is about two thirds of the size of the old greenhouse, the Merlo Trust found.",
        "The new greenhouse at Fenwick is 65% of the size of the old greenhouse, according to the Wend Laboratory.",
        want=(("agrees", "two thirds", "65%"),),
        refuse=(("contradicts", "two thirds", "65%"),),
        two_origins=(("two thirds", "65%"),),
    ),
    Pair(
        "ranges of an unnamed and a named type",
        "These rockets can reach targets at a distance of 400 km, a ministry spokesman said.",
        "The Corvo-3 rocket has a range of about 250 km.",
        want=(("tension", "400 km", "250 km"),),
        refuse=(("contradicts", "400 km", "250 km"),),
    ),
    Pair(
        "copied text",
        "Images of the Tolm works taken last week show that a long shed has been finished beside the rail yard. "
        "Four tanks "
        "were moved to the northern fence, where a ditch had been dug during the winter. The shed is 80 metres long.",
        "Images of the Tolm works taken last week show that a long shed has been finished beside the rail yard. "
        "Four tanks "
        "were moved to the northern fence, where a ditch had been dug during the winter. The shed is 180 metres long.",
        want=(("contradicts", "80 metres long", "180 metres long"),),
        one_origin=(("80 metres long", "180 metres long"), ("Four tanks", "Four tanks")),
        changed=("80 metres", "180 metres"),
    ),
    Pair(
        "two stories of one agency",
        "Source: Norrwire\nA dam is being raised at Upper Sill. The reservoir behind it is empty.",
        "Source: Norrwire\nTwo piers were removed at Wend. The quay will be paved in spring.",
        sources=("Norrwire", "Norrwire"),
        refuse=(("agrees", "dam is being raised", "piers were removed"),),
        two_origins=(("dam is being raised", "piers were removed"),),
    ),
)
