import os
import signal
import sys
import threading

from .log import Log
from .server import create_server
from .settings import SettingsError, read_settings
from .telemetry import Telemetry


def main() -> int:
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    log = Log(sys.stdout)
    telemetry = Telemetry(settings)
    server = create_server(settings, log, telemetry)
    for number in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the loop to end, so it must not be called from the loop's own thread.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    log.info(f"{settings.name} {settings.version} listens on port {server.server_port}")
    server.serve_forever(poll_interval=0.1)
    server.server_close()  # waits for the requests under way
    telemetry.close()
    log.info("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
