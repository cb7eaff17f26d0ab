"""An evaluation in words and tables."""

from collections.abc import Iterator, Mapping

from sitewatch.app.evaluate import Evaluation
from sitewatch.evaluate.intervals import Estimate, Rate, Share

NOTE = "[low, high]: 90 %, so that each end is a 95 % bound"


def told(result: Evaluation) -> str:
    """Lines for people."""
    lines = [f"{result.events} events, {result.changes} true changes; {NOTE}"]
    lines += [f"note: {n}" for n in result.notes]
    for part in (_objects, _dates, _alarms, _calibration, _scot, _smart):
        lines += part(result)
    lines += [f"not computed: {name}: {why}" for name, why in result.left_out.items()]
    lines += [f"written: {f}" for f in result.files]
    return "\n".join(lines)


def said(value: Share | Rate | Estimate | None, digits: int = 2) -> str:
    """A value with its interval."""
    if value is None or value.value is None:
        return "-"
    text = f"{value.value:.{digits}f}"
    if value.low is None or value.high is None:
        return text
    text += f" [{value.low:.{digits}f}, {value.high:.{digits}f}]"
    if isinstance(value, Share):
        return f"{text} ({value.count} of {value.total})"
    return f"{text} ({value.count} in {value.exposure:.3g})" if isinstance(value, Rate) else text


def _objects(result: Evaluation) -> Iterator[str]:
    t = result.objects
    if t is None:
        return
    for o in t.overall:
        yield f"objects at IoU {o.iou:g}: F1 {said(o.f1)}, recall {said(o.recall)}, precision {said(o.precision)}"
    for title, table in (
        ("recall", t.recall_by_kind),
        ("precision", t.precision_by_kind),
        ("recall", t.recall_by_size),
        ("precision", t.precision_by_size),
        ("recall, scored apart,", t.apart),
    ):
        yield from (f"  {title} {name}: {_each(shares)}" for name, shares in table.items())
    yield f"  kind right: {said(t.kind_right)}"


def _each(shares: Mapping[float, Share]) -> str:
    return ", ".join(f"{said(v)} at {t:g}" for t, v in shares.items())


def _dates(result: Evaluation) -> Iterator[str]:
    t = result.dates
    if t is None:
        return
    none = f" ({t.undated} more have none)" if t.undated else ""
    yield f"dates of {t.pairs - t.undated} found changes{none}: most likely gap right {said(t.gap_right)}"
    yield f"  not_before..not_after holds the true date {said(t.hull_covers)}, mean {said(t.hull_width_days, 0)} days"
    yield f"  open at an end {said(t.hull_open)}; most likely gap {said(t.gap_width_days, 0)} days"
    yield f"  error {said(t.error_days_median, 0)} days median, {said(t.error_days_p90, 0)} at p90"
    if t.at_a_later_stage.count:
        yield f"  dated at a later stage instead: {said(t.at_a_later_stage)}"


def _alarms(result: Evaluation) -> Iterator[str]:
    t = result.alarms
    if t is None:
        return
    yield f"false alarms per km2 and year: {said(t.rate)}; where no true change is {said(t.elsewhere)}"
    yield from (f"  {name}: {said(r)}" for name, r in t.by_reason.items())
    yield from (f"  called {name}: {said(r)}" for name, r in t.by_kind.items())


def _calibration(result: Evaluation) -> Iterator[str]:
    t = result.calibration
    if t is None:
        return
    yield (
        f"probability of {t.statements} events: Brier {said(t.brier, 3)}, {t.brier_base:.3f} of the base rate "
        f"{t.base_rate:.2f}; mean |stated - observed| {t.error:.3f}"
    )
    for b in t.curve:
        yield (
            f"  stated {b.stated:.2f}, observed {b.observed:.2f} [{b.observed_low:.2f}, {b.observed_high:.2f}] "
            f"of {b.count}"
        )


def _scot(result: Evaluation) -> Iterator[str]:
    if not result.scot:
        return
    yield f"SCOT {result.mean_scot:.4f} over {len(result.scot)} areas"
    for name, s in result.scot.items():
        track, change, gone = (
            ("-" if c.f1 is None else f"{c.f1:.4f}") for c in (s.tracking, s.change, s.removals)
        )
        yield (
            f"  {name or 'area'}: {s.score:.4f}; tracking {track} ({s.mismatches} mismatches), change {change}, "
            f"removals F1 {gone} ({s.removals.tp} right, {s.removals.fp} false, {s.removals.fn} missed), "
            f"{s.steps} steps"
        )


def _smart(result: Evaluation) -> Iterator[str]:
    for r in result.smart or ():
        for mode, row in r.search.items():
            yield (
                f"SMART {r.region} broad-area search, {mode}: precision {row['precision']}, "
                f"recall {row['recall (PD)']}, F1 {row['F1']} (tp {row['tp sites']}, fp {row['fp sites']}, "
                f"fn {row['fn sites']}), FFPA {row['ffpa']}, "
                f"false alarms {row['spatial FAR']} per km2, {row['temporal FAR']} per day"
            )
        for row in r.phases["ac_f1_all_sites"]:
            values = ", ".join(f"{k} {v}" for k, v in row.items() if k)
            yield f"  activity classification, {row['']}: {values or '-'}"
