"""A small, forgiving tree of a web page. Only the standard library: it runs in the parser's own process.

No page makes it fail, recurse or grow beyond its limits: too deep elements become children of the deepest
allowed one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser


def is_block(tag: str) -> bool:
    """True for elements that part text; those that a site makes up (their names have a hyphen) are taken for such."""
    return tag in BLOCKS or "-" in tag


def words(line: str) -> frozenset[str]:
    """The words of a line as a set."""
    return frozenset(line.split())


MAX_DEPTH = 400
MAX_OPEN = 20_000
"""Code points that an unfinished tag at the end of a page may have to be looked at as one."""
KEPT = words(
    "id class role hidden style itemprop itemtype property name content datetime rel type lang aria-hidden"
)
"""Attributes that are looked at."""
VOID = words("area base br col embed hr img input link meta source track wbr param")
_LITERAL = ("script", "style", "title", "textarea", "noscript", "iframe", "xmp")
"""Elements whose content is text and never markup: a tag within a title is part of the title's words."""
BLOCKS = words(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td "
    "tfoot th thead tr ul"
)
_IN_HEAD = words("base link meta noscript script style template title")
_CLOSES_ITSELF = {
    "li": ({"li"}, {"ul", "ol", "menu"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "td": ({"td", "th"}, {"table", "tr"}),
    "th": ({"td", "th"}, {"table", "tr"}),
    "tr": ({"tr"}, {"table"}),
    "option": ({"option"}, {"select"}),
}
"""Element → those of its kind that its start ends, and those at which the search for one stops."""


@dataclass(slots=True, eq=False)
class Node:
    """An element; `children` holds elements and pieces of text in order."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    parent: "Node | None" = None
    children: list["Node | str"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """This element and all below it, in document order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(c for c in reversed(node.children) if isinstance(c, Node))

    def text(self) -> str:
        """All text in it, white space made single."""
        pieces: list[str] = []
        stack: list[Node | str] = [self]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                pieces.append(item)
            elif item.tag not in ("script", "style"):
                stack.extend(reversed(item.children))
        return " ".join("".join(pieces).split())


def parse(markup: str) -> Node:
    """The tree of a page; its root has the tag "" ."""
    builder = _Builder()
    builder.feed(markup)
    builder.close()
    return builder.root


class _Builder(HTMLParser):
    CDATA_CONTENT_ELEMENTS = _LITERAL  # type: ignore[misc]

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self.open = [self.root]

    def updatepos(self, i: int, j: int) -> int:
        """Line numbers, which nobody asks for, are not counted."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_implied(tag)
        parent = self.open[-1]
        node = Node(tag, {k: v or "" for k, v in attrs if k in KEPT}, parent)
        parent.children.append(node)
        if tag not in VOID and len(self.open) < MAX_DEPTH:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in BLOCKS and tag not in VOID and self.open[-1].tag == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].tag == tag:
                del self.open[depth:]
                return
            # A stray end tag inside a cell or a list must not close what lies around it.
            if self.open[depth].tag in ("table", "body", "html") and tag not in ("html", "body"):
                return

    def handle_data(self, data: str) -> None:
        parent = self.open[-1]
        literal = parent.tag in ("title", "textarea")
        parent.children.append(unescape(data) if literal else data)

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """A marked section, as office programs write them, is a comment; the library's own reading can fail."""
        return self.parse_bogus_comment(i, report)

    def close(self) -> None:
        """End of the page; a tag that never ends is text (the library would look for its end again and again)."""
        if len(self.rawdata) > MAX_OPEN:
            rest, self.rawdata = self.rawdata, ""
            self.handle_data(rest)
        super().close()

    def _end_implied(self, tag: str) -> None:
        if self.open[-1].tag == "head" and tag not in _IN_HEAD:
            self.open.pop()
        if tag in BLOCKS and self.open[-1].tag == "p":
            self.open.pop()
        if tag in _CLOSES_ITSELF:
            ended, until = _CLOSES_ITSELF[tag]
            for depth in range(len(self.open) - 1, 0, -1):
                if self.open[depth].tag in until:
                    return
                if self.open[depth].tag in ended:
                    del self.open[depth:]
                    return
