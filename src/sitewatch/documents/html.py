"""A web page to its article: blocks of text with their roles, and what the page says of itself to machines.

The main part is found as readers' views do (Arc90's Readability, 2009): where the text that is not links is.
From the body down, the one child that holds nearly all of such text is entered, as long as there is one.
Only the standard library: it runs in the parser's own process, which has limits on time and memory.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from sitewatch.documents.html_tree import Node, is_block, parse, words

SHARE = 0.9
"""Of the running text that a child must hold to be entered."""
RUNNING = 80
"""Code points from which a block without many links counts as running text."""
_DROPPED = words(
    "script style noscript template iframe object svg math canvas audio video select button input textarea head"
)
_FURNITURE_TAGS = words("nav footer aside form dialog menu")
_FURNITURE_ROLES = words("navigation banner contentinfo complementary search dialog")
_FURNITURE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|sidebar|side-bar|footer|comments?|disqus|related|recommend(?:ed|ations)?"
    r"|promo|promoted|sponsor(?:ed)?|advert(?:isement)?|ads?|banner|cookies?|consent|social|share|sharing|newsletter"
    r"|subscribe|subscription|breadcrumbs?|popup|modal|pagination|pager|most-read|trending|tags|widget|masthead|paywall"
    r"|donate|donation|toolbar|skip-link|print-only|read-more|more-stories)(?:$|[\s_-])",
    re.I,
)
_HIDDEN_STYLE = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d]))", re.I
)
_BYLINE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:byline|author|dateline|pubdate|published|posted-on|entry-meta|timestamp)", re.I
)
_DATE_NAMES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.date",
    "dcterms.issued",
    "dcterms.created",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "article.published",
    "cxenseparse:recs:publishtime",
    "citation_publication_date",
    "citation_date",
)
_BREAK = "\0"
"""Stands for a line break in text: no page can hold it, zero bytes in its text are replaced."""
_ARTICLE = re.compile(
    r"(?:News|Blog|Report|Analysis|Scholarly|Opinion|Review)?\w*(?:Article|Posting|Report)$"
)


@dataclass(slots=True)
class _Block:
    text: str
    tag: str
    chain: list[Node]
    """Elements around it, outermost first."""
    linked: int
    """Code points inside links."""
    furniture: bool

    @property
    def running(self) -> int:
        """Code points of running text; 0 for lists of links and short labels."""
        if self.furniture or self.linked > 0.4 * len(self.text) or _heading(self.tag):
            return 0
        return len(self.text) if len(self.text) >= RUNNING or self.tag == "p" else 0


def read_html(markup: str) -> dict[str, Any]:
    """What a page says: plain values, as they leave the parser's process.

    Returns:
        `blocks`: pairs of role (title, byline, heading, paragraph, item, caption, boilerplate) and text, in order;
        `meta`: title, published, publisher, byline, language, each a string or None; `notes`.
    """
    root = parse(markup)
    collector = _Collector()
    collector.collect(root)
    meta = _metadata(root)
    main = _main(root, collector.blocks)
    blocks = [[_role(b, main, meta), b.text] for b in collector.blocks]
    if meta["title"] and not any(role == "title" for role, _ in blocks):
        blocks.insert(0, ["title", meta["title"]])
    notes = [f"{collector.hidden} hidden parts left out"] if collector.hidden else []
    return {"blocks": blocks, "meta": meta, "notes": notes}


class _Collector:
    """Walks a tree and cuts its text into blocks."""

    def __init__(self) -> None:
        self.blocks: list[_Block] = []
        self.hidden = 0
        self._pieces: list[str] = []
        self._linked = 0

    def collect(self, root: Node) -> None:
        # An explicit stack: (node to enter or text, element around it, chain, in furniture, in a link), or a cut.
        stack: list[tuple[Node | str | None, list[Node], bool, bool]] = [(root, [], False, False)]
        while stack:
            item, chain, furniture, linked = stack.pop()
            if item is None:
                self._cut(chain, furniture)
            elif isinstance(item, str):
                text = item.replace(_BREAK, "\ufffd")
                # Typed text: an empty line parts paragraphs there, as two line breaks do elsewhere.
                typed = bool(chain) and chain[-1].tag == "pre"
                self._pieces.append(text.replace("\n", _BREAK) if typed else text)
                self._linked += len(" ".join(item.split())) if linked else 0
            elif item.tag == "br":
                self._pieces.append(_BREAK)
            elif item.tag in _DROPPED:
                continue
            elif _is_hidden(item):
                self.hidden += bool(item.text())
            else:
                block = is_block(item.tag)
                if block:
                    self._cut(chain, furniture)
                inside = [*chain, item] if block else chain
                below = furniture or _is_furniture(item)
                if block:
                    stack.append((None, inside, below, linked))
                links = linked or item.tag == "a"
                stack.extend((c, inside, below, links) for c in reversed(item.children))
        self._cut([root], False)

    def _cut(self, chain: list[Node], furniture: bool) -> None:
        # Two line breaks in a row are how old pages part paragraphs; one is a space.
        whole = "".join(self._pieces)
        linked, self._pieces, self._linked = self._linked, [], 0
        parts = [" ".join(p.replace(_BREAK, " ").split()) for p in re.split(rf"{_BREAK}\s*{_BREAK}", whole)]
        total = sum(map(len, parts)) or 1
        for text in filter(None, parts):
            tag = chain[-1].tag if chain else ""
            self.blocks.append(_Block(text, tag, chain, linked * len(text) // total, furniture))


def _is_hidden(node: Node) -> bool:
    attrs = node.attrs
    return "hidden" in attrs or bool("style" in attrs and _HIDDEN_STYLE.search(attrs["style"]))


def _is_furniture(node: Node) -> bool:
    if node.tag in ("html", "body", "main", "article"):
        return False
    if node.tag in _FURNITURE_TAGS or node.attrs.get("role", "") in _FURNITURE_ROLES:
        return True
    names = f"{node.attrs.get('class', '')} {node.attrs.get('id', '')}"
    return _FURNITURE_NAMES.search(names[:500]) is not None


def _heading(tag: str) -> bool:
    return len(tag) == 2 and tag[0] == "h" and tag[1] in "123456"


def _main(root: Node, blocks: list[_Block]) -> Node:
    """The innermost element that holds nearly all running text."""
    weight: dict[Node, int] = {}
    for block in blocks:
        for node in block.chain if block.running else ():
            weight[node] = weight.get(node, 0) + block.running
    node = root
    while True:
        below = [c for c in node.children if isinstance(c, Node)]
        inner = max(below, key=lambda c: weight.get(c, 0), default=None)
        if (
            inner is None
            or inner.tag == "p"
            or weight.get(inner, 0) < SHARE * weight.get(node, weight.get(inner, 1))
        ):
            return node
        if weight.get(inner, 0) == 0:
            return node
        node = inner


def _role(block: _Block, main: Node, meta: dict[str, Any]) -> str:
    if block.tag == "h1" or (_heading(block.tag) and _alike(block.text, meta["title"])):
        return "title" if _alike(block.text, meta["title"]) or not meta["title"] else "heading"
    names = " ".join(f"{n.attrs.get('class', '')} {n.attrs.get('itemprop', '')}" for n in block.chain[-3:])
    if len(block.text) < 200 and not block.furniture and _BYLINE_NAMES.search(names):
        return "byline"
    if block.furniture or (main.parent is not None and main not in block.chain):
        return "boilerplate"
    if block.linked > 0.6 * len(block.text) and not _heading(block.tag):
        return "boilerplate"
    if _heading(block.tag):
        return "heading"
    if block.tag in ("figcaption", "caption"):
        return "caption"
    return "item" if any(n.tag in ("li", "dd") for n in block.chain[-2:]) else "paragraph"


def _alike(text: str, title: str | None) -> bool:
    """True where a heading is the title, or one of the two is cut short (a site's name may follow in one)."""
    plain, whole = (re.sub(r"\W+", " ", t or "").strip().casefold() for t in (text, title))
    shorter, longer = sorted((plain, whole), key=len)
    return plain == whole != "" or (len(shorter) > 15 and longer.startswith(shorter))


def _metadata(root: Node) -> dict[str, Any]:
    named: dict[str, str] = {}
    timed: list[str] = []
    page_title = heading = language = None
    linked: list[dict[str, Any]] = []
    for node in root.walk():
        attrs = node.attrs
        if node.tag == "meta":
            for key in ("property", "name", "itemprop"):
                if attrs.get(key) and attrs.get("content", "").strip():
                    named.setdefault(attrs[key].lower(), attrs["content"].strip()[:1000])
        elif node.tag == "title" and page_title is None:
            page_title = node.text()
        elif node.tag == "h1" and heading is None:
            heading = node.text()
        elif node.tag == "html":
            language = attrs.get("lang") or language
        elif node.tag == "script" and "ld+json" in attrs.get("type", ""):
            linked += _json_ld("".join(c for c in node.children if isinstance(c, str)))
        if attrs.get("itemprop", "").lower() == "datepublished" and (
            attrs.get("datetime") or attrs.get("content")
        ):
            timed.insert(0, attrs.get("datetime") or attrs["content"])
        elif node.tag == "time" and attrs.get("datetime") and not _within_furniture(node):
            timed.append(attrs["datetime"])
    item = max(linked, key=lambda i: ("datePublished" in i) + ("headline" in i), default={})
    dates = [_string(item.get("datePublished")), *(named.get(n) for n in _DATE_NAMES), *timed]
    return {
        "title": _string(item.get("headline")) or named.get("og:title") or heading or page_title or None,
        "published": next((d for d in dates if d), None),
        "publisher": _name(item.get("publisher"))
        or named.get("og:site_name")
        or named.get("application-name"),
        "byline": _name(item.get("author")) or named.get("author") or named.get("article:author"),
        "language": language,
    }


def _within_furniture(node: Node | None) -> bool:
    while node is not None:
        if _is_furniture(node):
            return True
        node = node.parent
    return False


def _json_ld(source: str) -> list[dict[str, Any]]:
    """Articles among a page's linked data (schema.org); data that is not JSON is passed over."""
    try:
        stack = [json.loads(source[:1_000_000])]
    except (ValueError, RecursionError):
        return []
    found = []
    for _ in range(1000):
        if not stack:
            break
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(item[:200])
        elif isinstance(item, dict):
            kinds = item.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(k, str) and _ARTICLE.match(k) for k in kinds):
                found.append(item)
            stack.extend(item[k] for k in ("@graph", "mainEntity", "mainEntityOfPage") if k in item)
    return found


def _string(value: Any) -> str | None:
    return " ".join(value.split())[:1000] or None if isinstance(value, str) else None


def _name(value: Any) -> str | None:
    """The name in schema.org's ways to write one: a string, a thing with a name, a list of either."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_name, value[:5]))) or None
    if isinstance(value, dict):
        return _string(value.get("name"))
    return _string(value)
