"""`sitewatch assess ...`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sitewatch.cli.options import case_argument, json_option, plain, quiet_option, site_option, table, tell
from sitewatch.cli.progress import progress
from sitewatch.errors import UsageError

if TYPE_CHECKING:
    from sitewatch.app.assess import Assessed
    from sitewatch.types import Statement


class Assess(click.Group):
    """`sitewatch assess CASE` is `sitewatch assess run CASE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Assess)
def assess() -> None:
    """Hold claims against objects and measurements; weigh hypotheses; write the assessment.

    `sitewatch assess CASE` does it all (a folder named like a command below is given as ./NAME); the other
    commands are what an analyst says by hand, and no run overwrites that.

    \b
    Examples:
      sitewatch assess factory
      sitewatch assess factory --json
      sitewatch assess bind factory C12 --subject E-0003 --comparand "existing hall" --basis "seen on the image"
    """


@assess.command("run")
@case_argument
@json_option
def run(case: Path, as_json: bool) -> None:
    """Assess all claims of a case and write CASE/out/assessment.json.

    A claim is supported if the measured 90 % interval lies inside of it, tolerance included; contradicted if the
    99 % interval has no point in common with it; else the reason says what is missing. No verdict without a
    certain binding of words to objects.

    \b
    Example:
      sitewatch assess run factory
    """
    from sitewatch.app.assess import assess as run_assess
    from sitewatch.case import Case

    done = run_assess(Case.open(case))
    tell({**done.row, "file": done.file}, _summary(done), as_json=as_json)


@assess.command("bind")
@case_argument
@click.argument("claim", metavar="CLAIM")
@click.option(
    "--subject", metavar="ID", help="Event, reference building, or site:NAME that the claim speaks of."
)
@click.option("--comparand", metavar="ID", help="What a ratio compares it with.")
@click.option("--basis", metavar="TEXT", help="Why these objects are meant.")
@click.option("--forget", is_flag=True, help="Leave the claim to the rules again.")
@site_option
@json_option
def bind(
    case: Path,
    claim: str,
    subject: str | None,
    comparand: str | None,
    basis: str | None,
    forget: bool,
    site: str | None,
    as_json: bool,
) -> None:
    """Say by hand which objects a claim means. It wins over the rules, also in later runs.

    \b
    Examples:
      sitewatch assess bind factory C12 --subject E-0003 --comparand "existing hall" --basis "the only new hall"
      sitewatch assess bind factory C12 --forget
    """
    if forget and (subject or comparand or basis):
        raise UsageError("--forget takes no other option")
    if not forget and (subject is None or basis is None):
        raise UsageError("expected --subject ID and --basis TEXT, or --forget")
    from sitewatch.app import judge
    from sitewatch.case import Case

    opened = Case.open(case)
    if forget:
        judge.unbind(opened, claim)
        tell({"claim": claim, "forgotten": True}, f"claim {claim}: left to the rules", as_json=as_json)
        return
    assert subject is not None
    assert basis is not None
    made = judge.bind(opened, claim, subject=subject, comparand=comparand, basis=basis, site=site)
    against = f" against {made.comparand}" if made.comparand else ""
    tell(
        {f: getattr(made, f) for f in ("claim", "subject", "comparand", "site", "basis", "by")},
        f"claim {claim}: {made.subject}{against}\nnext: sitewatch assess {case}",
        as_json=as_json,
    )


@assess.command("bindings")
@case_argument
@click.option("--open", "unsure", is_flag=True, help="Only those that are not certain and wait for you.")
@json_option
def bindings(case: Path, unsure: bool, as_json: bool) -> None:
    """List which objects the claims are taken to mean, by a rule or by you, and why. Nothing is changed.

    \b
    Examples:
      sitewatch assess bindings factory
      sitewatch assess bindings factory --open
    """
    from dataclasses import asdict

    from sitewatch.app.assess import assessed
    from sitewatch.case import Case

    found = [b for b in assessed(Case.open(case)).bindings if not (unsure and b.certain and b.subject)]
    body = [
        (
            b.claim,
            b.subject or "nothing",
            b.comparand or "",
            b.by if b.certain else f"{b.by}, not certain",
            plain(b.basis),
        )
        for b in found
    ]
    lines = table(("claim", "means", "compared with", "by", "because"), body) if body else ["no binding"]
    tell({"bindings": [asdict(b) for b in found]}, "\n".join(lines), as_json=as_json)


@assess.command("grade")
@case_argument
@click.argument("source", metavar="SOURCE")
@click.option(
    "--grade", "code", required=True, metavar="CODE", help="Letter A to F and digit 1 to 6, such as B2."
)
@click.option("--basis", default="", metavar="TEXT", help="Why.")
@json_option
def grade(case: Path, source: str, code: str, basis: str, as_json: bool) -> None:
    """Grade a document by the Admiralty code: how reliable its source, how credible what it says.

    A source that nobody graded is F6: cannot be judged.

    \b
    Example:
      sitewatch assess grade factory DOC --grade B2 --basis "named author, corrected past errors"
    """
    from sitewatch.app import judge
    from sitewatch.case import Case

    made = judge.grade(Case.open(case), source, code, basis)
    tell(
        {"source": made.source, "grade": made.code, "basis": made.basis},
        f"{made.source}: {judge.in_words(made)}",
        as_json=as_json,
    )


@assess.command("template")
@case_argument
@json_option
def template(case: Path, as_json: bool) -> None:
    """Write CASE/hypotheses.yaml as an example to be edited; one that is there stays.

    \b
    Example:
      sitewatch assess template factory
    """
    from sitewatch.app import judge
    from sitewatch.case import Case

    file = judge.write_template(Case.open(case))
    tell({"file": file}, f"written: {file}\nnext: edit it, then `sitewatch assess {case}`", as_json=as_json)


@assess.command("detectability")
@case_argument
@click.option(
    "--each",
    type=click.IntRange(min=5, max=1000),
    default=40,
    show_default=True,
    metavar="N",
    help="Boxes of each size and kind.",
)
@click.option("--workers", type=click.IntRange(min=1), default=1, metavar="N", help="Processes to use.")
@site_option
@json_option
@quiet_option
def detectability(case: Path, each: int, workers: int, site: str | None, as_json: bool, quiet: bool) -> None:
    """Work out what would have been found: insert boxes into the site's own images and run its detector on them.

    Without it nothing follows from the fact that nothing was found. It takes some minutes, goes on where it was
    stopped, and holds until scenes or detector change. Writes CASE/detectability.json, which `assess` reads.

    \b
    Example:
      sitewatch assess detectability factory
    """
    from sitewatch.app.detectability import FILE, rows, work_out
    from sitewatch.case import Case

    opened = Case.open(case)
    bar = progress(quiet=quiet or as_json)
    done = work_out(opened, site=site, each=each, workers=workers, progress=bar)
    bar.done()
    lines = []
    for one in done:
        known = one.known
        lines.append(f"{known.site}: {known.kind} between {known.start} and {known.end}")
        lines += [
            f"  {r.area_m2:>8.0f} m²  {hit:>4} of {of} found (90 %: {r.low:.2f} to {r.high:.2f})"
            for r, hit, of in zip(known.recalls, one.found, one.tried, strict=True)
        ]
    lines += [f"written: {opened.path / FILE}", f"next: sitewatch assess {case}"]
    tell(rows(done) | {"file": opened.path / FILE}, "\n".join(lines), as_json=as_json)


@assess.command("ledger")
@case_argument
@click.option("--add", metavar="TEXT", help="A statement that will turn out true or false.")
@click.option(
    "--probability", type=float, nargs=2, metavar="LOW HIGH", help="Its probability, a range in 0..1."
)
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="When it should be known.")
@click.option("--resolve", metavar="ID", help="A statement of which the outcome is known.")
@click.option("--outcome", type=click.Choice(["true", "false"]), help="What became of it.")
@click.option("--basis", default="", metavar="TEXT", help="How the outcome is known.")
@json_option
def ledger(
    case: Path,
    add: str | None,
    probability: tuple[float, float] | None,
    due: Any,
    resolve: str | None,
    outcome: str | None,
    basis: str,
    as_json: bool,
) -> None:
    """Keep score of probability statements: enter one, enter its outcome, or see how good they were.

    \b
    Examples:
      sitewatch assess ledger factory --add "The hall has a roof by June" --probability 0.6 0.8 --due 2025-06-30
      sitewatch assess ledger factory --resolve s-001 --outcome true --basis "image of 12 June"
      sitewatch assess ledger factory
    """
    if (add is None) is not (probability is None) or (resolve is None) is not (outcome is None):
        raise UsageError("--add belongs with --probability, and --resolve with --outcome")
    if add is not None and resolve is not None:
        raise UsageError("--add and --resolve: expected one at a time")
    from dataclasses import asdict

    from sitewatch.app import judge
    from sitewatch.case import Case

    opened = Case.open(case)
    if add is not None and probability is not None:
        made = judge.record(opened, add, *probability, due.date() if due else None)
        tell(asdict(made), _statement(made), as_json=as_json)
        return
    if resolve is not None:
        made = judge.resolve(opened, resolve, outcome == "true", basis)
        tell(asdict(made), _statement(made), as_json=as_json)
        return
    statements, score = judge.ledger(opened)
    lines = [_statement(s) for s in statements] or ["no statement yet"]
    if score.brier is not None:
        lines.append(
            f"Brier score {score.brier:.3f} over {score.resolved} (0 is perfect; stating the base rate for each "
            f"would have given {score.base_rate_brier:.3f}); {score.open} open"
        )
        lines += [
            f"  {b.word:<20} stated {b.stated:.2f}, came about {b.came_about:.2f} "
            f"(90 %: {b.low:.2f} to {b.high:.2f}; {b.count})"
            for b in score.bins
        ]
    tell(
        {"statements": [asdict(s) for s in statements], "score": asdict(score)},
        "\n".join(lines),
        as_json=as_json,
    )


def _statement(statement: "Statement") -> str:
    outcome = {None: "open", True: "came about", False: "did not come about"}[statement.outcome]
    due = f", due {statement.due}" if statement.due and statement.outcome is None else ""
    return f"{statement.id}  {statement.low:.2f} to {statement.high:.2f}  {outcome}{due}  {statement.text}"


def _summary(done: "Assessed") -> str:
    from sitewatch.types import Verdict

    lines = [s.text for s in done.assessment.key_judgements]
    open_ = [r for r in done.assessment.claims if r.verdict is Verdict.CANNOT_DECIDE]
    unbound = [r for r in open_ if "`sitewatch assess bind" in r.reason]
    if unbound:
        lines.append(
            f"{len(unbound)} wait for a binding by hand, the first: {unbound[0].claim}: {unbound[0].reason}"
        )
    lines.append(f"written: {done.file}")
    return "\n".join(lines)
