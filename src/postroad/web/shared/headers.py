"""What every answer says to the browser besides its page."""

from collections.abc import Callable
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

EDITORS = "/cms/"
DRIVERS = "/courier/"  # where a phone's camera reads barcodes

# Wagtail's editor writes styles into its elements and starts by small scripts in the page. It gets
# what it needs under its own address and nowhere else; only editors come there.
EDITORS_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF, "data:"],
    "media-src": [SELF],
    "connect-src": [SELF],
    "frame-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "object-src": [NONE],
    "frame-ancestors": [SELF],
}

PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class SecurityPolicy(CSPMiddleware):
    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(EDITORS) and not report_only:
            parts.config = EDITORS_POLICY
        if getattr(request, "is_dummy", False):  # a preview, which the editor's page frames
            parts.replace = {**(parts.replace or {}), "frame-ancestors": [SELF]}
        return parts


NO_CAMERA, OWN_CAMERA = (f"camera={who}, {PERMISSIONS}" for who in ("()", "(self)"))


def reticence(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Ask for no sensors but the driver's camera, and be no part of anybody else's page."""

    def answer(request: HttpRequest) -> Any:
        response = get_response(request)
        policy = OWN_CAMERA if request.path_info.startswith(DRIVERS) else NO_CAMERA
        response.headers.setdefault("Permissions-Policy", policy)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return answer


def left_nowhere(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Leave no signed-in page behind on a shared computer."""

    def answer(request: HttpRequest) -> Any:
        response = get_response(request)
        # In this order: who only asks whether we live must not need the database.
        if "Cache-Control" not in response.headers and request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    return answer
