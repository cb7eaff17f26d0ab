"""How well claims are extracted: a table per field for each set of documents with truth.

    OMP_NUM_THREADS=1 python benchmarks/claims.py                 # seeds if present, development half, generated pairs
    OMP_NUM_THREADS=1 python benchmarks/claims.py --errors dates  # and every miss and false finding of a field
    OMP_NUM_THREADS=1 python benchmarks/claims.py --held-out      # the held-out halves only: no errors shown

Sets: `seeds` (two documents annotated claim by claim, beside the development data; never shipped), `dev` and
`held-out` (tests/data/claims), `pairs dev` and `pairs held-out` (benchmarks/comparisons.py, 250 pairs, 500 sentences);
`dev2` and `pairs dev2` are a second development half by another hand, `dev3` a third, `dev4` a fourth, `dev5` a fifth,
`dev6` a sixth, `dev7` a seventh.
What exact and partial mean: `sitewatch.evaluate.claims`. All are run with rules alone, without any extra.
"""

import argparse
import json
import os
import re
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import comparisons

from sitewatch.documents.read import Said, read_document
from sitewatch.evaluate.claim_truth import TrueDocument, TrueLink, Truth, read_truth
from sitewatch.evaluate.claims import FieldScore, score_document, score_links, score_quantities, total
from sitewatch.types import Claim, Document, Link

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data" / "claims"
SEEDS = (
    Path(os.environ.get("SITEWATCH_DATA", ROOT.parent / "shared" / "data")).parent
    / "seeds"
    / "seed_claims.yaml"
)
DEVELOPMENT = ("dev", "dev2", "dev3", "dev4", "dev5", "dev6", "dev7")
HELD_OUT = ("heldout", "held2", "held3")
PAIRS, SEED = 250, 20240612
_NOUNS = {"hall", "shed", "hangar", "7", "depot", "pier", "bunker", "workshop"}
"""Of the subjects in comparisons.SUBJECTS."""
Extract = Callable[[Document, Sequence[str]], Sequence[Claim]]
Relate = Callable[[Sequence[Document], Sequence[Claim]], Sequence[Link]]


def as_document(truth: TrueDocument) -> Document:
    """The document as the product reads it from bytes."""
    said = Said(published=truth.published)
    document = read_document(f"{truth.id}.txt", truth.text.encode(), said)
    if document.text != truth.text:
        raise SystemExit(f"{truth.id}: its text was changed by reading, its spans no longer hold")
    return document


def score_truth(truth: Truth, extract: Extract, relate: Relate) -> dict[str, FieldScore]:
    """Scores of all fields over all documents, links family by family."""
    scores: list[FieldScore] = []
    documents, claims = {}, {}
    for true in truth.documents:
        document = as_document(true)
        found = list(extract(document, true.names))
        documents[true.id], claims[true.id] = document, found
        scores += score_document(found, true)
    own = {documents[i].id: i for i in documents}
    for family in truth.families:
        held = [documents[i] for i in sorted(family)]
        wanted = [t for t in truth.links if {d for d, _ in t.places} <= family]
        if wanted:
            together = [c for d in held for c in claims[own[d.id]]]
            places = [_renamed(t, {own[d.id]: d.id for d in held}) for t in wanted]
            scores.append(score_links(relate(held, together), together, places))
    return total(scores)


def _renamed(link: TrueLink, ids: dict[str, str]) -> TrueLink:
    """The link with documents called as the product calls them."""
    return TrueLink(link.relation, tuple((ids[d], span) for d, span in link.places))


def score_pairs(half: str, extract: Extract, relate: Relate, count: int = PAIRS) -> dict[str, FieldScore]:
    """Quantities of generated pairs, and how often the wrong retelling is found to contradict the faithful one."""
    scores = []
    for number, pair in enumerate(comparisons.pairs(count, SEED, half)):
        together, held = [], []
        for part, one in (("a", pair.faithful), ("b", pair.wrong)):
            true = one.truth(f"{number}{part}")
            document = as_document(true)
            found = list(extract(document, ()))
            scores.append(score_quantities([c.quantity for c in found if c.quantity], true))
            scores.append(_score_subject(one, found))
            held.append(document)
            together += found
        against = [x for x in relate(held, together) if x.relation == "contradicts"]
        lines = () if against else (f"no contradiction: {pair.faithful.text} | {pair.wrong.text}",)
        scores.append(
            FieldScore("contradictions", 1, len(against[:1]), len(against[:1]), len(against[:1]), (), lines)
        )
    return total(scores)


def _score_subject(one: comparisons.Statement, found: Sequence[Claim]) -> FieldScore:
    """Whether the claim with the ratio speaks of the right thing: its noun, and no word of the other thing."""
    said = [
        c.subject or ""
        for c in found
        if c.quantity and c.quantity.start < one.end and one.start < c.quantity.end
    ]
    words = set(re.findall(r"\w+", " ".join(said[:1]).casefold()))
    own = re.findall(r"\w+", one.subject.casefold())
    noun = next(w for w in own if w in _NOUNS)
    strange = set(re.findall(r"\w+", (one.comparand or "").casefold())) - set(own) - {"the", "of"}
    right = noun in words and not (words & (strange | {"compared", "next"}))
    lines = () if right else (f"{said[:1]} for {one.subject!r}: {one.text}",)
    return FieldScore("subjects", 1, min(1, len(said)), min(1, len(said)), int(right), (), lines)


def table(name: str, scores: dict[str, FieldScore]) -> str:
    """One line a field."""
    lines = [
        name,
        "  field            true  found  recall  precision  exact  exact F1  right of those matched",
    ]
    for s in scores.values():
        apart = "  ".join(f"{what} {right}/{of}" for what, right, of in s.apart)
        lines.append(
            f"  {s.name:15}{s.true:6}{s.found:7}{s.recall:8.3f}{s.precision:11.3f}"
            f"{s.exact_share:7.3f}{s.exact_f1:10.3f}  {apart}"
        )
    return "\n".join(lines)


def product() -> tuple[Extract, Relate]:
    """Extraction and comparison as the product does them."""
    from sitewatch.documents.extract import extract_claims  # noqa: PLC0415
    from sitewatch.documents.gazetteer import Entity, Gazetteer, slug  # noqa: PLC0415
    from sitewatch.documents.relate import relate  # noqa: PLC0415

    def extract(document: Document, names: Sequence[str]) -> Sequence[Claim]:
        known = Gazetteer(tuple(Entity(f"site:{slug(n)}", (n,)) for n in names))
        return extract_claims(document, known)

    return extract, lambda documents, claims: relate(documents, claims).links


def sets(held_out: bool) -> dict[str, Callable[[Extract, Relate], dict[str, FieldScore]]]:
    """Name of each set → its scoring."""
    documents, pairs = (HELD_OUT, ("held-out", "held2")) if held_out else (DEVELOPMENT, ("dev", "dev2"))
    chosen: dict[str, Callable[[Extract, Relate], dict[str, FieldScore]]] = {}
    if SEEDS.exists() and not held_out:
        chosen["seeds"] = partial(score_truth, read_truth(SEEDS))
    for name in documents:
        chosen[name] = partial(score_truth, read_truth(DATA / f"{name}.yaml"))
    for half in pairs:
        chosen[f"pairs {half}"] = partial(score_pairs, half)
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--held-out", action="store_true", help="the held-out halves, without their errors")
    parser.add_argument("--errors", metavar="FIELD", help="list what went wrong in a field (or `all`)")
    parser.add_argument("--only", metavar="SET", help="one set only")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.held_out and args.errors:
        parser.error("errors of the held-out halves are not shown: rules must not be made on them")
    extract, relate = product()
    results = {}
    for name, score in sets(args.held_out).items():
        if args.only in (None, name):
            began = time.process_time()
            results[name] = score(extract, relate)
            if not args.json:
                print(table(f"{name}  ({time.process_time() - began:.1f} s CPU)", results[name]))
                for s in results[name].values():
                    if args.errors in (s.name, "all"):
                        print(*(f"    {s.name}: {line}" for line in s.errors), sep="\n")
    if args.json:
        print(
            json.dumps(
                {
                    name: {
                        s.name: {
                            "true": s.true,
                            "found": s.found,
                            "recall": s.recall,
                            "precision": s.precision,
                            "exact": s.exact_share,
                            "exact_f1": s.exact_f1,
                            "apart": {what: [right, of] for what, right, of in s.apart},
                        }
                        for s in scores.values()
                    }
                    for name, scores in results.items()
                }
            )
        )


if __name__ == "__main__":
    main()
