"""What models propose of a case's documents: claims by a language model, alignments by a sentence model.

Proposals are labelled with their model and kept until an analyst takes them out; they set no verdict.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sitewatch.app.claims import read_claims, write_claims
from sitewatch.case import Case
from sitewatch.documents.by_meaning import AT_LEAST, propose_alignments
from sitewatch.documents.embeddings import SentenceModel
from sitewatch.documents.llm import propose_claims
from sitewatch.errors import DataError
from sitewatch.types import Alignment, Claim
from sitewatch.types.progress import NoProgress, Progress


@dataclass(frozen=True, slots=True)
class Asked:
    """What a language model proposed."""

    new: tuple[Claim, ...]
    known: int
    """Proposals that were there before, or that an analyst took out before."""
    rejected: tuple[tuple[str, str], ...]
    """(what was proposed, shortened; why it was rejected)."""


def ask_for_claims(
    case: Case,
    documents: Sequence[str],
    *,
    url: str,
    model: str,
    allow_private: bool = False,
    progress: Progress | None = None,
) -> Asked:
    """Send the text of `documents`, and of no others, to a language model and keep the claims that it proposes.

    Each must quote the text letter by letter; quantities, times and hedges in the quoted words are read by the rules.

    Args:
        documents: ids, or how they begin.
        url: of an interface of the OpenAI kind, up to and with its version.

    Raises:
        UsageError: no such document, or one that is restricted or has no text: nothing is sent then.
        NetworkError: the endpoint cannot be reached, or answers in another way. What was proposed of documents
            before is kept.
    """
    chosen = [case.document(name) for name in documents]
    barred = [d for d in chosen if d.restricted or not d.text.strip()]
    told = progress or NoProgress()
    new: list[Claim] = []
    known = 0
    rejected: list[tuple[str, str]] = []
    told.start("asking the model", len(chosen))
    for document in barred or chosen:
        found = propose_claims(
            document, url, model, restricted=document.restricted, allow_private=allow_private
        )
        rejected += found.rejected
        with case.writing():
            there = {(c.source, c.start, c.end) for c in case.claim_set().claims if c.maker == _maker(model)}
            taken = {c.id for c in case.claim_set().claims} | set(case.claims_aside())
            quotes = {(i.split("-llm-")[0], q) for i, q in case.claims_aside().items() if "-llm-" in i}
            fresh = [
                c
                for c in found.claims
                if (c.source, c.start, c.end) not in there and (c.source, c.quote) not in quotes
            ]
            known += len(found.claims) - len(fresh)
            with case.transaction():
                for claim in fresh:
                    named = dataclasses.replace(claim, id=_free(claim.source, taken))
                    taken.add(named.id)
                    case.put_claim(named)
                    new.append(named)
                case.log(
                    "claims ask",
                    document=document.id,
                    model=model,
                    url=url,
                    kept=len(fresh),
                    rejected=len(found.rejected),
                )
        told.advance()
    told.done()
    if new:
        read_claims(case)
    stored = {c.id: c for c in case.claim_set().claims}
    return Asked(tuple(stored[c.id] for c in new), known, tuple(rejected))


def align_by_meaning(
    case: Case, folder: Path, *, at_least: float | None = None
) -> tuple[tuple[Alignment, ...], dict[str, Claim]]:
    """Propose pairs of claims that a sentence model holds to mean the same; they take the place of earlier ones.

    Args:
        folder: with `model.onnx` and `tokenizer.json`.
        at_least: cosine, 0..1, in place of `AT_LEAST`.

    Returns:
        The proposals, the nearest first, and the case's claims by id.

    Raises:
        DataError: the case has no claims yet, or the folder holds no sentence model.
    """
    with case.writing():
        found = case.claim_set()
        if not found.claims:
            raise DataError(
                f"the case {case.path} has no claims yet; read them with `sitewatch claims {case.path}`"
            )
        model = SentenceModel(folder)
        cosine = AT_LEAST if at_least is None else at_least
        proposed = propose_alignments(found, model, model.name, cosine)
        write_claims(case, dataclasses.replace(found, proposed=proposed))
        case.log("claims align", model=model.name, at_least=cosine, proposed=len(proposed))
    return proposed, {c.id: c for c in found.claims}


def _maker(model: str) -> str:
    return f"llm:{model}"


def _free(source: str, taken: set[str]) -> str:
    return next(name for n in range(1, len(taken) + 2) if (name := f"{source}-llm-{n:04d}") not in taken)
