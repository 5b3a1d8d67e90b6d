"""What the first start makes, and the text every start shows."""

from service.runtime import Runtime


def first_start(runtime: Runtime) -> str:
    return f"Strongroom at {runtime.settings.resolved_public_url}"
