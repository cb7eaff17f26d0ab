"""Names of the places in a report to which its sentences lead."""

from sitewatch.report.context import slug


def claim(name: str) -> str:
    """The claim's words in its document."""
    return f"claim-{slug(name)}"


def finding(name: str) -> str:
    return f"finding-{slug(name)}"


def scenes_of(finding_name: str) -> str:
    """All scenes behind one finding."""
    return f"scenes-{slug(finding_name)}"


def scene(name: str) -> str:
    return f"scene-{slug(name)}"


def document(name: str) -> str:
    return f"document-{slug(name)}"


def origin(name: str) -> str:
    return f"origin-{slug(name)}"


def question(name: str) -> str:
    return f"question-{slug(name)}"


def judgement(name: str) -> str:
    return f"judgement-{slug(name)}"


def measurement(site: str, object_id: str, quantity: str) -> str:
    return f"measurement-{slug(f'{site}-{object_id}-{quantity}')}"
