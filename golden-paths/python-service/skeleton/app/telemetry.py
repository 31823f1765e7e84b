import json
import queue
import re
import secrets
import threading
import time
import urllib.parse
import urllib.request

from .settings import Settings

QUEUE_LIMIT = 2_000
FLUSH_SECONDS = 1.0
TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-")


class Telemetry:
    """Traces by OTLP/HTTP (JSON), in a page of code instead of a page of packages. Without an endpoint nothing is sent.

    Telemetry never gets in the way: a failed delivery is dropped, and the queue is bounded.
    """

    def __init__(self, settings: Settings) -> None:
        self._url = f"{settings.otlp_endpoint.rstrip('/')}/v1/traces" if settings.otlp_endpoint else ""
        self._headers = {**parse_list(settings.otlp_headers), "content-type": "application/json"}
        attributes = {**parse_list(settings.resource_attributes), "service.name": settings.name, "service.version": settings.version}
        self._resource = {"attributes": attributes_of(attributes)}
        self._spans: queue.Queue[dict] = queue.Queue(QUEUE_LIMIT)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        if self._url:
            self._thread.start()

    def start_span(self, name: str, traceparent: str | None) -> "Span":
        """Continues the caller's trace when it sent a W3C `traceparent`."""
        return Span(name, TRACEPARENT.match(traceparent or ""), self._push)

    def close(self) -> None:
        self._closed.set()
        if self._url:
            self._thread.join(timeout=5)

    def _push(self, span: dict) -> None:
        try:
            if self._url:
                self._spans.put_nowait(span)
        except queue.Full:
            pass

    def _run(self) -> None:
        while not self._closed.wait(FLUSH_SECONDS):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        spans = [self._spans.get_nowait() for _ in range(self._spans.qsize())]
        if not spans:
            return
        body = {"resourceSpans": [{"resource": self._resource, "scopeSpans": [{"scope": {"name": "app"}, "spans": spans}]}]}
        request = urllib.request.Request(self._url, json.dumps(body).encode(), self._headers)
        try:
            urllib.request.urlopen(request, timeout=3).close()
        except OSError:
            pass


class Span:
    """A request as it goes; `end` hands it over."""

    def __init__(self, name: str, parent: "re.Match[str] | None", push) -> None:
        self._name = name
        self._parent = parent
        self._push = push
        self._started = time.time_ns()
        self.trace_id = parent[1] if parent else secrets.token_hex(16)
        self.span_id = secrets.token_hex(8)

    def end(self, attributes: dict) -> None:
        failed = attributes.get("http.response.status_code", 0) >= 500
        self._push(
            {
                "traceId": self.trace_id,
                "spanId": self.span_id,
                **({"parentSpanId": self._parent[2]} if self._parent else {}),
                "name": self._name,
                "kind": 2,
                "startTimeUnixNano": str(self._started),
                "endTimeUnixNano": str(time.time_ns()),
                "attributes": attributes_of(attributes),
                "status": {"code": 2 if failed else 1},
            }
        )


def parse_list(text: str) -> dict[str, str]:
    """`a=1,b=2` as OpenTelemetry's environment variables have it."""
    pairs = (pair.split("=", 1) for pair in text.split(",") if "=" in pair)
    return {key.strip(): urllib.parse.unquote(value.strip()) for key, value in pairs}


def attributes_of(fields: dict) -> list[dict]:
    return [{"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": str(value)}} for key, value in fields.items()]
