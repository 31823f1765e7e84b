import io
import json
import threading
import unittest
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

from app.log import Log
from app.server import create_server
from app.settings import Settings, SettingsError, read_settings
from app.telemetry import Telemetry


class Served(unittest.TestCase):
    def setUp(self) -> None:
        self.lines = io.StringIO()
        self.url = self.serve(Settings("test", "1", "127.0.0.1", 0))

    def serve(self, settings: Settings) -> str:
        telemetry = Telemetry(settings)
        server = create_server(settings, Log(self.lines), telemetry)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()

        def stop() -> None:
            server.shutdown()
            thread.join()
            server.server_close()
            telemetry.close()

        self.stop = stop
        self.addCleanup(stop)
        return f"http://127.0.0.1:{server.server_port}"

    def ask(self, path: str, body: object = None, **headers: str) -> tuple[int, dict]:
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers)) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


class Server(Served):
    def test_a_basket_is_priced(self) -> None:
        status, body = self.ask("/quotes", {"items": [{"sku": "tea", "quantity": 12, "unitCents": 450}]})
        self.assertEqual((status, body["totalCents"]), (200, 5_130))

    def test_a_wrong_basket_is_refused_by_field(self) -> None:
        self.assertEqual(self.ask("/quotes", {"items": [{"sku": "tea"}]})[1]["field"], "items[0].quantity")
        self.assertEqual(self.ask("/quotes", b"{")[0], 400)
        self.assertEqual(self.ask("/quotes", b"\xff")[0], 400)

    def test_the_answer_tells_the_version(self) -> None:
        self.assertEqual(self.ask("/"), (200, {"service": "test", "version": "1"}))

    def test_an_unknown_path_is_a_404_and_a_wrong_method_a_405(self) -> None:
        self.assertEqual(self.ask("/nothing")[0], 404)
        self.assertEqual(self.ask("/", {})[0], 405)

    def test_probes_answer_and_leave_no_lines(self) -> None:
        self.assertEqual((self.ask("/healthz")[0], self.ask("/livez")[0]), (200, 200))
        self.assertEqual(self.lines.getvalue(), "")

    def test_a_log_line_carries_the_trace_of_the_caller(self) -> None:
        self.ask("/", traceparent=f"00-{'a' * 32}-{'b' * 16}-01")
        self.stop()  # the line comes after the answer
        self.assertEqual(json.loads(self.lines.getvalue())["traceId"], "a" * 32)


class Traces(Served):
    def test_spans_arrive_at_the_collector(self) -> None:
        received: list[dict] = []

        class Collector(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append({**json.loads(self.rfile.read(int(self.headers["content-length"]))), "token": self.headers["authorization"]})
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        collector = HTTPServer(("127.0.0.1", 0), Collector)
        threading.Thread(target=collector.serve_forever, kwargs={"poll_interval": 0.01}).start()
        self.addCleanup(collector.server_close)
        self.addCleanup(collector.shutdown)
        endpoint = f"http://127.0.0.1:{collector.server_port}"
        self.url = self.serve(Settings("test", "1", "127.0.0.1", 0, endpoint, "authorization=Bearer%20abc", "deployment.environment.name=dev"))
        self.ask("/", traceparent=f"00-{'a' * 32}-{'b' * 16}-01")
        self.stop()
        sent = received[0]["resourceSpans"][0]
        self.assertEqual(received[0]["token"], "Bearer abc")
        self.assertEqual(sent["scopeSpans"][0]["spans"][0]["traceId"], "a" * 32)
        self.assertIn({"key": "deployment.environment.name", "value": {"stringValue": "dev"}}, sent["resource"]["attributes"])


class ReadSettings(unittest.TestCase):
    def test_a_wrong_port_stops_the_start(self) -> None:
        for port in ("http", "-1", "65536"):
            with self.subTest(port=port), self.assertRaises(SettingsError):
                read_settings({"PORT": port})


if __name__ == "__main__":
    unittest.main()
