"""Fetching from a server on this machine: what is refused, what is limited, what is tried again."""

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sitewatch import net
from sitewatch.errors import NetworkError, UsageError

Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """A loopback server whose paths are functions."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.port = port
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.answers: dict[str, Answer] = {}


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            made.headers.append(dict(self.headers))
            with contextlib.suppress(OSError):
                made.answers.get(self.path, status(404))(self)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:  # a client that hangs up is what is tested
            pass

    with Quiet(("127.0.0.1", 0), Handler) as http:
        made = Server(http.server_address[1])
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        yield made
        http.shutdown()
        thread.join()


def status(code: int, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()

    return answer


def body(data: bytes, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        status(200, **headers)(request)
        request.wfile.write(data)

    return answer


def get(url: str, **options: object) -> net.Fetched:
    return net.fetch(url, allow_private=True, pause=lambda _: None, **options)  # type: ignore[arg-type]


def test_a_page_comes_with_what_the_server_says_of_it(server: Server) -> None:
    server.answers["/p%20q?x=1"] = body(b"<p>hello", Content_Type="Text/HTML; charset=KOI8-R")
    got = get(server.base + "/p%20q?x=1")
    assert got == net.Fetched(server.base + "/p%20q?x=1", b"<p>hello", "text/html", "koi8-r")
    assert server.headers[0]["User-Agent"].startswith("sitewatch/")
    assert server.headers[0]["Host"] == f"127.0.0.1:{server.port}"


def test_nothing_on_this_machine_is_asked_unless_allowed(server: Server) -> None:
    server.answers["/"] = body(b"secret")
    for url in (
        server.base + "/",
        f"http://localhost:{server.port}/",
        f"http://[::ffff:127.0.0.1]:{server.port}/",
    ):
        with pytest.raises(
            NetworkError, match="private network; refused unless private addresses are allowed"
        ):
            net.fetch(url)
    assert server.asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("8.8.8.8", True),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("2002:a00:1::", False),  # 6to4 of 10.0.0.1
        ("64:ff9b::a00:1", False),  # NAT64 of 10.0.0.1
        ("2606:4700:4700::1111", True),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert net._is_public(address) is public


def test_a_host_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 80)) for a in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("a connection was opened"))
    with pytest.raises(NetworkError, match=r"is 10\.0\.0\.1"):
        net.fetch("http://two.example/")


def test_the_address_that_was_checked_is_the_one_connected_to(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/"] = body(b"x")
    found: list[str] = []

    def resolve(host: str, port: int, *_: object, **__: object) -> list[object]:
        if host != "127.0.0.1":  # which is what a connection to an address looks up
            found.append(host)
            assert len(found) == 1, "looked up a second time"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    connected: list[object] = []
    plain = socket.create_connection

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address)
        return plain(address, timeout)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    assert get(f"http://name.example:{server.port}/").data == b"x"
    assert connected == [("127.0.0.1", server.port)]
    assert server.headers[0]["Host"] == f"name.example:{server.port}"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/a",
        "file:///etc/passwd",
        "http://",
        "http:///a",
        "http://user:s3cret@example.org/",
        "http://example.org:99999/",
        "http://example.org/a b",
        "http://example.org/\r\nX: y",
        "http://[::1/",
    ],
)
def test_what_is_no_address_is_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        net.fetch(url)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_redirects_are_followed_and_told(server: Server) -> None:
    server.answers["/a"] = status(302, Location="b?x#part")
    server.answers["/b?x"] = body(b"end")
    got = get(server.base + "/a")
    assert (got.data, got.url) == (b"end", server.base + "/b?x#part")


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://x.example/", "http://u:p@x.example/"])
def test_a_redirect_to_what_is_not_the_web_is_refused(server: Server, place: str) -> None:
    server.answers["/"] = status(301, Location=place)
    with pytest.raises(NetworkError, match="leads to another place that was refused"):
        get(server.base + "/")


def test_a_redirect_to_a_private_address_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers["/"] = status(301, Location="http://10.0.0.1/secret")
    monkeypatch.setattr(net, "_is_public", lambda address: address == "127.0.0.1")
    with pytest.raises(NetworkError, match=r"10\.0\.0\.1 is 10\.0\.0\.1"):
        net.fetch(server.base + "/")


def test_redirects_in_a_circle_end(server: Server) -> None:
    server.answers["/"] = status(302, Location="/")
    with pytest.raises(NetworkError, match="more than 5 redirects"):
        get(server.base + "/")
    assert len(server.asked) == 6


def test_what_is_too_large_is_refused(server: Server) -> None:
    server.answers["/stated"] = body(b"", Content_Length="1001")
    server.answers["/sent"] = body(b"a" * 1001)
    server.answers["/fits"] = body(b"a" * 1000)
    for path in ("/stated", "/sent"):
        with pytest.raises(NetworkError, match=r"more than 0\.001 MB; refused"):
            get(server.base + path, max_bytes=1000)
    assert len(get(server.base + "/fits", max_bytes=1000).data) == 1000


def test_a_packed_body_is_unpacked_within_the_limit(server: Server) -> None:
    server.answers["/bomb"] = body(gzip.compress(b"a" * 20_000_000), Content_Encoding="gzip")
    server.answers["/page"] = body(gzip.compress(b"page"), Content_Encoding="gzip")
    server.answers["/odd"] = body(b"?", Content_Encoding="br")
    server.answers["/cut"] = body(gzip.compress(b"page")[:-6], Content_Encoding="gzip")
    server.answers["/junk"] = body(b"junk", Content_Encoding="gzip")
    assert get(server.base + "/page").data == b"page"
    for path, reason in [
        ("/bomb", "more than 1 MB"),
        ("/odd", "packed it as 'br'"),
        ("/cut", "broke off"),
        ("/junk", "packing is damaged"),
    ]:
        with pytest.raises(NetworkError, match=reason):
            get(server.base + path, max_bytes=1_000_000)


def test_what_may_pass_is_tried_again_with_longer_pauses(server: Server) -> None:
    answers = iter([status(503), body(b"part", Content_Length="10"), body(b"whole", Content_Length="5")])

    def each(request: BaseHTTPRequestHandler) -> None:
        next(answers)(request)

    server.answers["/"] = each
    pauses: list[float] = []
    got = net.fetch(server.base + "/", allow_private=True, pause=pauses.append)
    assert got.data == b"whole"
    assert pauses == [1.0, 2.0]


def test_what_does_not_pass_is_told_at_once_or_in_the_end(server: Server) -> None:
    server.answers["/busy"] = status(503)
    with pytest.raises(NetworkError, match="answered 404 Not Found"):
        get(server.base + "/none")
    assert server.asked == ["/none"]
    with pytest.raises(NetworkError, match="answered 503"):
        get(server.base + "/busy")
    assert server.asked[1:] == ["/busy"] * 3


def test_a_server_that_dribbles_is_cut_off(server: Server) -> None:
    def dribble(request: BaseHTTPRequestHandler) -> None:
        for _ in range(100):  # never the end of the head
            request.wfile.write(b"X")
            time.sleep(0.05)

    server.answers["/"] = dribble
    start = time.monotonic()
    with pytest.raises(NetworkError, match=r"not finished in time|no answer"):
        get(server.base + "/", seconds=0.4)
    assert time.monotonic() - start < 3


def test_nobody_there() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(NetworkError, match="no answer") as caught:
        get(f"http://127.0.0.1:{port}/")
    assert "\n" not in str(caught.value)


def test_what_looks_like_an_address() -> None:
    assert all(map(net.is_url, ("http://a", "HTTPS://a/b", "ftp://a")))
    assert not any(map(net.is_url, ("a.txt", "/a/b", "C:/x", "://a", "a b://c", "http://")))
