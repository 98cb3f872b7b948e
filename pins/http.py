"""HTTP: the one place that speaks it. Every answer is bounded in time and size, and every failure has one line."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit, urlunsplit

from ..analyzer.named_tuple import NamedTuple
from ..analyzer.typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

_INSTALL = "pip install 'dcache-lint[pin]'"
_REDIRECTS = 5
_CHUNK = 1 << 16
_BUSY = frozenset({429, 500, 502, 503, 504})


class Unresolved(Exception):
    """Something that a service does not tell; the message is one clause: what happened, and what to do."""


class Limits(NamedTuple):
    """How long and how much: seconds without a byte, seconds for one answer, tries, bytes of an answer and a download.

    `pause` is the first of the waits between tries, each twice the one before; a service that says how long to wait
    (Retry-After) is heeded up to `patience` seconds.
    """

    silence: float = 20
    whole: float = 600
    tries: int = 4
    size: int = 256 << 20
    download: int = 8 << 30
    pause: float = 0.5
    patience: int = 60


class Answer(NamedTuple):
    """What a service answered: status, headers by their names in lower case, body, and the address it came from."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    def json(self) -> Any:
        """The document in the body; Unresolved where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise Unresolved(f"{shown(self.url)} answered with something that is not JSON") from None


class Client:
    """A client for all services of one run: connections are kept, and answers that were had are not asked for again."""

    def __init__(self, limits: Limits | None = None) -> None:
        """Nothing is connected yet; Unresolved with how to install it where the HTTP library is missing."""
        try:
            import requests
            from requests.adapters import HTTPAdapter
            from urllib3 import Retry
            from urllib3.exceptions import NewConnectionError
            from urllib3.exceptions import TimeoutError as Timeout
        except ImportError:
            raise Unresolved(f"`dcache pin` needs the extra `pin`, which is not installed: {_INSTALL}") from None
        self.limits = limits or Limits()
        self._library = requests
        self._late, self._refused = Timeout, NewConnectionError
        self._session = requests.Session()
        retry = Retry(
            total=self.limits.tries - 1,
            redirect=0,
            backoff_factor=self.limits.pause,
            status_forcelist=_BUSY,
            allowed_methods=frozenset({"GET", "HEAD", "POST"}),
            raise_on_status=False,
            retry_after_max=self.limits.patience,
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))
        self._known: dict[tuple[str, str], Answer] = {}

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        auth: tuple[str, str] | None = None,
        certificates: str | None = None,
        also: frozenset[int] = frozenset(),
    ) -> Answer:
        """The answer to GET; Unresolved where its status is neither 200 nor one of `also`.

        `auth` is a name and a password, which no other host is told; `certificates` a file of those to trust.
        """
        key = (url, (headers or {}).get("Accept", ""))
        if key not in self._known:
            answer = self.ask("GET", url, headers, auth=auth, certificates=certificates)
            if answer.status != 200 and answer.status not in also:
                raise Unresolved(failed(answer))
            self._known[key] = answer
        return self._known[key]

    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        auth: tuple[str, str] | None = None,
        certificates: str | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to one request whatever its status is; Unresolved where there is none."""
        for left in reversed(range(2)):
            try:
                with self._opened(method, url, headers, auth, certificates, form) as response:
                    body = b"".join(self._chunks(response, self.limits.size))
                    names = {name.lower(): value for name, value in response.headers.items()}
                    return Answer(response.status_code, names, body, response.url)
            except (self._library.exceptions.ChunkedEncodingError, self._library.exceptions.ContentDecodingError):
                if not left:
                    raise Unresolved(f"{shown(url)} broke off in the middle of its answer; try again later") from None
        raise AssertionError

    def sha256(self, url: str) -> str:
        """The SHA-256 of what lies at an address, in hex; Unresolved."""
        digest = hashlib.sha256()
        try:
            with self._opened("GET", url, {"Accept-Encoding": "identity"}, None, None, None) as response:
                if response.status_code != 200:
                    raise Unresolved(failed(Answer(response.status_code, {}, b"", response.url)))
                for chunk in self._chunks(response, self.limits.download):
                    digest.update(chunk)
        except (self._library.exceptions.ChunkedEncodingError, self._library.exceptions.ContentDecodingError):
            raise Unresolved(f"{shown(url)} broke off in the middle of the file; try again later") from None
        return digest.hexdigest()

    def _opened(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        auth: tuple[str, str] | None,
        certificates: str | None,
        form: Mapping[str, str] | None,
    ) -> Response:
        """The response behind all redirects, its body not read yet."""
        library = self._library
        try:
            own = _as_it_is if headers and "Authorization" in headers else None  # .netrc does not go before it
            request = library.Request(method, url, headers=headers, auth=auth or own, data=form)
            prepared: PreparedRequest = self._session.prepare_request(request)
            for _ in range(_REDIRECTS + 1):
                address = prepared.url or url
                verify = certificates or _certificates() or True
                settings = self._session.merge_environment_settings(address, {}, True, verify, None)
                response = self._session.send(prepared, allow_redirects=False, timeout=self.limits.silence, **settings)
                following = response.next
                if following is None:
                    return response
                response.close()
                if address.startswith("https:") and not (following.url or "").startswith("https:"):
                    raise Unresolved(f"{shown(address)} redirects to an address without TLS, which is not followed")
                prepared = following
        except library.exceptions.SSLError as error:
            raise Unresolved(
                f"{shown(url)} has no certificate that is trusted here ({_deepest(error)}); "
                "set SSL_CERT_FILE to a file that holds its issuer"
            ) from None
        except library.exceptions.ConnectionError as error:
            if isinstance(inner := _innermost(error), self._late) and not isinstance(inner, self._refused):
                raise Unresolved(
                    f"{shown(url)} did not answer within {self.limits.silence:g} s; try again, or raise --timeout"
                ) from None
            raise Unresolved(f"{shown(url)} cannot be reached: {_deepest(error)}") from None
        except (library.exceptions.RequestException, ValueError) as error:  # a ValueError is an address that is none
            raise Unresolved(f"`{shown(url)}` cannot be asked: {_deepest(error)}") from None
        raise Unresolved(f"{shown(url)} redirects more than {_REDIRECTS} times")

    def _chunks(self, response: Response, most: int) -> Iterator[bytes]:
        """The body piece by piece; Unresolved where it is too large or takes too long."""
        end = time.monotonic() + self.limits.whole
        size = 0
        try:
            for chunk in response.iter_content(_CHUNK):
                size += len(chunk)
                if size > most:
                    raise Unresolved(f"{shown(response.url)} sends more than {most:,} bytes")
                if time.monotonic() > end:
                    raise Unresolved(f"{shown(response.url)} takes more than {self.limits.whole:g} s for its answer")
                yield chunk
        except self._library.exceptions.ConnectionError:
            raise Unresolved(
                f"{shown(response.url)} sent nothing for {self.limits.silence:g} s; try again, or raise --timeout"
            ) from None


def failed(answer: Answer) -> str:
    """What a status other than 200 means, and what to do."""
    told = f"{shown(answer.url)} answered {answer.status}"
    match answer.status:
        case 401:
            return f"{told}: it wants a login; log in with the client that uses it, or check the password"
        case 403:
            return f"{told}: the login that your client has may not read this"
        case 404 | 410:
            return f"{told}: there is no such thing; check the name"
        case 429:
            return f"{told}: too many requests; log in, or try again later"
        case status if status >= 500:
            return f"{told}: it is out of order; try again later"
        case _:
            return told


def shown(url: str) -> str:
    """An address for people: without a name, a password or a query, which may be secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the address"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def split_login(url: str) -> tuple[str, tuple[str, str] | None]:
    """An address without the name and password in it, and these; None for none."""
    from urllib.parse import unquote

    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url, None
    host = parts.netloc.rpartition("@")[2]
    login = (unquote(parts.username or ""), unquote(parts.password or ""))
    return urlunsplit((parts.scheme, host, parts.path, parts.query, "")), login


def _as_it_is(request: PreparedRequest) -> PreparedRequest:
    return request


def _certificates() -> str | None:
    """The file or folder of trusted certificates that the environment names, as OpenSSL does; None for the usual."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        path = os.environ.get(name)
        if path and os.path.exists(path):
            return path
    return None


def _deepest(error: BaseException) -> str:
    """What the innermost of the errors that one stands for says."""
    inner = _innermost(error)
    text = str(getattr(inner, "strerror", None) or inner)
    return re.sub(r"^[\w.]*HTTPS?Connection\w*\(.*?\): |<.* object at 0x\w+>: ", "", text)


def _innermost(error: BaseException) -> BaseException:
    seen: set[int] = set()
    while id(error) not in seen:
        seen.add(id(error))
        inner = getattr(error, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((one for one in error.args if isinstance(one, BaseException)), None)
        if isinstance(inner, BaseException):
            error = inner
    return error
