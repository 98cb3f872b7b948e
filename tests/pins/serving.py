"""A server on this machine that answers what a test tells it to, well or badly."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

from dcache.pins.http import Client, Limits

QUICK = Limits(silence=0.4, whole=2, tries=3, size=100_000, download=100_000, pause=0.01, patience=2)


class Reply(NamedTuple):
    """What a server answers: after `delay` seconds, `cut` bytes short, each byte after `trickle` seconds."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}
    delay: float = 0
    cut: int = 0
    trickle: float = 0


class Asked(NamedTuple):
    """A request as it came in; the names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


Answer = Callable[[Asked], Reply]


class Server:
    """A running server. `routes` are replies by path; of several the last is given for ever, the others once."""

    def __init__(self, port: int, scheme: str = "http") -> None:
        self.port = port
        self.scheme = scheme
        self.routes: dict[str, list[Reply | Answer]] = {}
        self.asked: list[Asked] = []

    @property
    def host(self) -> str:
        """The address and port."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The address of its root, without a slash."""
        return f"{self.scheme}://{self.host}"

    def add(self, path: str, *replies: Reply | Answer | bytes | str) -> str:
        """Answer so; the whole address."""
        made = [Reply(one) if isinstance(one, bytes) else Reply(one.encode()) if isinstance(one, str) else one
                for one in replies]  # fmt: skip
        self.routes[path] = made
        return self.url + path

    def reply(self, asked: Asked) -> Reply:
        """The answer to a request; 404 where there is none."""
        self.asked.append(asked)
        replies = self.routes.get(urlsplit(asked.path).path) or self.routes.get(asked.path)
        if not replies:
            return Reply(b"no such thing", 404)
        one = replies.pop(0) if len(replies) > 1 else replies[0]
        return one if isinstance(one, Reply) else one(asked)


@contextmanager
def serving(certificate: str | None = None) -> Generator[Server]:
    """A server that runs until the end; with TLS where it is given a file with a certificate and its key."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = server.reply(Asked(self.command, self.path, headers, self.rfile.read(length)))
            time.sleep(reply.delay)
            try:
                self.send_response(reply.status)
                for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command == "HEAD":
                    return
                sent = reply.body[: len(reply.body) - reply.cut]
                if reply.trickle:
                    for at in range(len(sent)):
                        self.wfile.write(sent[at : at + 1])
                        self.wfile.flush()
                        time.sleep(reply.trickle)
                else:
                    self.wfile.write(sent)
                if reply.cut:
                    self.close_connection = True
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # whoever asked has given up, as a test wants

        do_GET = do_HEAD = do_POST = answer

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: what was asked is in `asked`."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    server = Server(listening.server_address[1], "http" if certificate is None else "https")
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()


def client(limits: Limits = QUICK) -> Client:
    """A client that waits for nothing long."""
    return Client(limits)
