"""The only room that opens a connection outward, and only where the user named the address.

http and https alone. Every address is looked up here, checked, and connected to as it was checked, so that a name
cannot lead elsewhere in between; private and link-local ones are refused, at each redirect anew, unless allowed.
Size and time are limited, and what fails for a moment is tried again. Proxies of the environment are not used:
behind one, the address that is reached could not be checked.
"""

import contextlib
import http.client
import ipaddress
import json
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from sitewatch import __version__
from sitewatch.errors import NetworkError, UsageError

MAX_BYTES = 50_000_000
SECONDS = 60.0
REDIRECTS = 5
RETRIES = 2
PAUSE = 1.0
"""Seconds before the first further try; doubled for the next."""
_CHUNK = 1 << 16
_PASSING = frozenset({429, 500, 502, 503, 504})
"""Answers after which another try may succeed."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back."""

    url: str
    """Where it was found in the end."""
    data: bytes
    content_type: str
    """As the server says, in lower case ("text/html"); "" where it says nothing."""
    charset: str | None
    """As the server says."""


class _Passing(NetworkError):
    """A failure that may pass."""


def is_url(text: str) -> bool:
    """True for text that starts as an address in the web does, of any scheme."""
    scheme, mark, rest = text.partition("://")
    return bool(mark and rest) and scheme.isascii() and scheme.isalpha()


def fetch(
    url: str,
    *,
    max_bytes: int = MAX_BYTES,
    seconds: float = SECONDS,
    allow_private: bool = False,
    retries: int = RETRIES,
    pause: Callable[[float], None] = time.sleep,
) -> Fetched:
    """What lies at `url`.

    Args:
        max_bytes: of the body, also after it was unpacked.
        seconds: for everything, redirects and further tries included.
        allow_private: also reach this machine and its private networks.
        retries: further tries after a failure that may pass.

    Raises:
        UsageError: no http or https address.
        NetworkError: refused, not found, too large, or no answer in time.
    """
    deadline = time.monotonic() + seconds
    for attempt in range(retries + 1):
        try:
            return _follow(_checked(url), max_bytes, deadline, allow_private)
        except _Passing as error:
            wait = PAUSE * 2**attempt
            if attempt == retries or time.monotonic() + wait > deadline:
                raise NetworkError(str(error)) from None
            pause(wait)
    raise AssertionError("unreachable: the last try returns or raises")


def post_json(
    url: str,
    body: object,
    *,
    headers: Mapping[str, str] | None = None,
    max_bytes: int = MAX_BYTES,
    seconds: float = SECONDS,
    allow_private: bool = False,
) -> bytes:
    """Send `body` as JSON to `url`, once, and return what the server answers.

    Not tried again, as sending twice may cost twice; a redirect is refused, as what was sent is not for another place.

    Args:
        headers: further ones; with `Authorization` among them, only https will do, but for private addresses that
            are allowed.

    Raises:
        UsageError: no http or https address, or a key would travel unencrypted.
        NetworkError: refused, too large, or no proper answer in time.
    """
    parts = _checked(url)
    if parts.scheme != "https" and not allow_private and "Authorization" in (headers or {}):
        raise UsageError(f"{url}: a key is sent over https only; give an address that begins with https://")
    data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    sent = {**(headers or {}), "Content-Type": "application/json", "Accept": "application/json"}
    answer = _request(parts, max_bytes, time.monotonic() + seconds, allow_private, data, sent)
    if isinstance(answer, str):
        raise NetworkError(
            f"{url} leads to another place, to which nothing is sent; give the last address itself"
        )
    return answer.data


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{url[:200]}: not an address ({error})") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise UsageError(f"{url[:200]}: expected an address that begins with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"an address with a user name or password in it was refused: {parts.hostname}")
    if any(ord(c) <= 32 or ord(c) == 127 for c in url):
        raise UsageError(f"{url[:200]!r}: an address has no spaces or control characters")
    return parts


def _follow(parts: SplitResult, max_bytes: int, deadline: float, allow_private: bool) -> Fetched:
    for _ in range(REDIRECTS + 1):
        answer = _request(parts, max_bytes, deadline, allow_private)
        if isinstance(answer, Fetched):
            return answer
        try:
            parts = _checked(urljoin(parts.geturl(), answer))
        except UsageError as error:
            raise NetworkError(f"{parts.geturl()} leads to another place that was refused: {error}") from None
    raise NetworkError(f"{parts.geturl()}: more than {REDIRECTS} redirects; give the last address itself")


def _request(
    parts: SplitResult,
    max_bytes: int,
    deadline: float,
    allow_private: bool,
    body: bytes | None = None,
    more: Mapping[str, str] | None = None,
) -> Fetched | str:
    """What lies there, or the address that it leads to. With a body, it is sent there."""
    url = parts.geturl()
    address = _address(parts, allow_private)
    connection = _connection(parts, address, deadline)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    headers = {
        "User-Agent": f"sitewatch/{__version__}",
        "Accept": "text/html,application/xhtml+xml,application/pdf,image/*,text/plain;q=0.9,*/*;q=0.5",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **(more or {}),
    }
    with contextlib.ExitStack() as held:
        held.callback(connection.close)
        try:
            connection.connect()
            held.callback(_watch(connection.sock, deadline).cancel)
            connection.request("GET" if body is None else "POST", path + query, body, headers)
            response = held.enter_context(contextlib.closing(connection.getresponse()))
            return _answer(response, url, max_bytes, deadline)
        except ssl.SSLCertVerificationError as error:
            raise NetworkError(f"{url}: its certificate cannot be trusted ({error.verify_message})") from None
        except (OSError, http.client.HTTPException) as error:
            _left(deadline, url)
            detail = getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__
            raise _Passing(f"{url}: no answer ({detail[:200]})") from None


def _answer(response: http.client.HTTPResponse, url: str, max_bytes: int, deadline: float) -> Fetched | str:
    place = response.headers.get("Location")
    if response.status in (301, 302, 303, 307, 308) and place:
        return place
    if response.status in _PASSING:
        raise _Passing(f"{url}: the server answered {response.status} {response.reason}; try again later")
    if response.status != 200:
        raise NetworkError(f"{url}: the server answered {response.status} {response.reason}")
    data = _body(response, url, max_bytes, deadline)
    return Fetched(url, data, response.headers.get_content_type(), _charset(response.headers))


def _address(parts: SplitResult, allow_private: bool) -> str:
    """One IP address of the host, checked. A host with any address that is refused is refused."""
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _Passing(f"{parts.geturl()}: no such host is known ({error})") from None
    addresses = [str(item[4][0]) for item in found]
    for address in addresses:
        if not allow_private and not _is_public(address):
            raise NetworkError(
                f"{parts.geturl()}: {host} is {address}, an address of this machine or of a private network; "
                "refused unless private addresses are allowed"
            )
    return addresses[0]


def _is_public(address: str) -> bool:
    """True for an address that anyone can reach; those that wrap an IPv4 address are as that one is."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour
        if wrapped is None and ip in ipaddress.ip_network("64:ff9b::/96"):  # RFC 6052
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if ip.is_site_local:
            return False
        if wrapped is not None:
            return _is_public(str(wrapped))
    return ip.is_global and not ip.is_multicast


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _connection(parts: SplitResult, address: str, deadline: float) -> http.client.HTTPConnection:
    """A connection to exactly this address, which speaks for the host by name."""
    host, port = parts.hostname or "", _port(parts)

    def connect(_: object, timeout: object, source: object = None) -> socket.socket:
        return socket.create_connection((address, port), _left(deadline, parts.geturl()))

    if parts.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, port, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(host, port)
    connection._create_connection = connect  # type: ignore[attr-defined]
    return connection


def _left(deadline: float, url: str) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise NetworkError(f"{url}: not finished in time; try again, or save it by hand")
    return left


def _watch(sock: socket.socket, deadline: float) -> threading.Timer:
    """Cuts the connection at the deadline: a server that sends a byte now and then holds nobody longer."""

    def cut() -> None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    return timer


def _body(response: http.client.HTTPResponse, url: str, max_bytes: int, deadline: float) -> bytes:
    too_large = NetworkError(f"{url}: more than {max_bytes / 1e6:g} MB; refused")
    stated = response.headers.get("Content-Length", "")
    if stated.isdigit() and int(stated) > max_bytes:
        raise too_large
    packing = (response.headers.get("Content-Encoding") or "identity").strip().lower()
    if packing not in ("identity", "gzip", "x-gzip", "deflate"):
        raise NetworkError(f"{url}: the server packed it as {packing[:40]!r}, which was not asked for")
    unpack = None if packing == "identity" else zlib.decompressobj(wbits=47 if "gzip" in packing else 15)
    data = bytearray()
    while True:
        _left(deadline, url)
        chunk = response.read1(_CHUNK)
        if not chunk:
            break
        try:
            # One more than allowed is enough to know; so a small body cannot swell without bound.
            data += chunk if unpack is None else unpack.decompress(chunk, max_bytes - len(data) + 1)
        except zlib.error:
            raise NetworkError(f"{url}: its packing is damaged") from None
        if len(data) > max_bytes:
            raise too_large
    if stated.isdigit() and unpack is None and len(data) < int(stated):
        raise _Passing(f"{url}: broke off after {len(data)} of {stated} bytes")
    if unpack is not None and not unpack.eof:
        raise _Passing(f"{url}: broke off")
    return bytes(data)


def _charset(headers: Message) -> str | None:
    charset = headers.get_content_charset()
    return charset[:40] if charset else None
