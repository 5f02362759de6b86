"""The file of a copy as an answer: to its reader, or to staff who hand it to her."""

from django.http import FileResponse, HttpRequest

from postroad.documents import gate


def as_attachment(request: HttpRequest, opened: gate.Opened) -> FileResponse:
    """As one piece: no range of it, in no cache, and shown by no browser as a page of ours."""
    request.META.pop("HTTP_ACCEPT_ENCODING", None)  # packed already
    answer = FileResponse(
        opened.file,
        as_attachment=True,
        filename=f"copy-{opened.copy.ref}.pdf",
        content_type="application/pdf",
    )
    answer["Accept-Ranges"] = "none"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["X-Robots-Tag"] = "noindex"
    return answer
