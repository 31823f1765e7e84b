from dataclasses import dataclass
from pathlib import Path
from typing import Mapping


class SettingsError(Exception):
    """A setting is wrong; the text says which and why."""


@dataclass(frozen=True)
class Settings:
    name: str
    version: str
    host: str
    port: int
    otlp_endpoint: str = ""
    otlp_headers: str = ""
    resource_attributes: str = ""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Reads the settings once, so that a wrong one stops the start and not a request."""
    port = environment.get("PORT", "8080")
    if not port.isdecimal() or int(port) > 65_535:
        raise SettingsError(f'PORT must be a port number, not "{port}"')
    return Settings(
        name=environment.get("OTEL_SERVICE_NAME") or "${{ values.name }}",
        version=environment.get("VERSION") or built_version(),
        # All interfaces unless told: in a container that is what is wanted.
        host=environment.get("HOST", ""),
        port=int(port),
        otlp_endpoint=environment.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
        otlp_headers=environment.get("OTEL_EXPORTER_OTLP_HEADERS", ""),
        resource_attributes=environment.get("OTEL_RESOURCE_ATTRIBUTES", ""),
    )


def built_version() -> str:
    file = Path(__file__).with_name("VERSION")
    return file.read_text().strip() if file.exists() else "dev"
