import json
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from .log import Log
from .pricing import BasketError, parse_basket, quote
from .settings import Settings
from .telemetry import Telemetry

MAX_BODY_BYTES = 1024 * 1024
PROBES = ("/healthz", "/livez")


class Refused(Exception):
    """An answer that ends the request."""

    def __init__(self, status: int, **body: object) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


def create_server(settings: Settings, log: Log, telemetry: Telemetry) -> ThreadingHTTPServer:
    """Makes the server; `serve_forever()` then answers. Everything it needs is handed in."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30  # of a connection on which nothing comes

        def do_GET(self) -> None:
            self._handle()

        do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

        def _handle(self) -> None:
            path = urlsplit(self.path).path
            started = time.perf_counter()
            span = telemetry.start_span(f"{self.command} {path if (self.command, path) in routes else 'unmatched'}", self.headers.get("traceparent"))
            try:
                status, body = self._answer(path)
            except Refused as refused:
                status, body = refused.status, refused.body
            except Exception as error:  # the details are for the log, not for the caller
                log.error(str(error), traceId=span.trace_id, stack=traceback.format_exc())
                status, body = 500, {"error": "something went wrong"}
            self._send(status, body)
            # Probes come every second: a span and a line for each would hide everything else.
            if path in PROBES:
                return
            span.end({"http.request.method": self.command, "url.path": path, "http.response.status_code": status})
            duration_ms = round((time.perf_counter() - started) * 1000, 1)
            log.info(f"{self.command} {path} {status}", traceId=span.trace_id, spanId=span.span_id, status=status, durationMs=duration_ms)

        def _answer(self, path: str) -> tuple[int, dict]:
            body = self._body()
            route = routes.get(("GET" if self.command == "HEAD" else self.command, path))
            if route:
                return 200, route(body)
            allowed = [method for method, known in routes if known == path]
            if allowed:
                raise Refused(405, error=f"{path} answers {' and '.join(allowed)} only")
            raise Refused(404, error=f"there is nothing at {path}")

        def _body(self) -> bytes:
            length = self.headers.get("content-length", "0")
            if self.headers.get("transfer-encoding") or not length.isdecimal() or int(length) > MAX_BODY_BYTES:
                self.close_connection = True  # what follows on it can't be told from the body
                raise Refused(413, error=f"a body has a content-length of at most {MAX_BODY_BYTES} bytes")
            return self.rfile.read(int(length))

        def _send(self, status: int, body: dict) -> None:
            content = json.dumps(body, ensure_ascii=False).encode() + b"\n"
            self.send_response(status)
            self.send_header("content-type", "application/json; charset=utf-8")
            self.send_header("content-length", str(len(content)))
            self.send_header("cache-control", "no-store")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass  # ours is written above

    routes = {
        ("GET", "/"): lambda _: {"service": settings.name, "version": settings.version},
        ("POST", "/quotes"): _quote,
        # Ready to take traffic. Ask here what the service can't work without.
        ("GET", "/healthz"): lambda _: {"status": "ready"},
        # Alive: restarting would not help more than this.
        ("GET", "/livez"): lambda _: {"status": "alive"},
    }
    server = ThreadingHTTPServer((settings.host, settings.port), Handler)
    server.daemon_threads = False  # closing waits for requests under way
    return server


def _quote(body: bytes) -> dict:
    try:
        return quote(parse_basket(json.loads(body)))
    except BasketError as error:
        raise Refused(422, error="this basket can not be priced", field=error.field, message=error.message) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refused(400, error=f"the body is no JSON: {error}") from error
