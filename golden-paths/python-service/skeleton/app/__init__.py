"""The service. Nothing but the standard library is imported."""
