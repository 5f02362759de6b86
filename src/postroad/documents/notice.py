"""The notice that stands in front of every copy: 37 CFR 201.14, in the words of the regulation."""

import io
from functools import cache

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

HEADING = "NOTICE"
SUBJECT = "WARNING CONCERNING COPYRIGHT RESTRICTIONS"
PARAGRAPHS = (
    (
        "The copyright law of the United States (title 17, United States Code) governs the making "
        "of photocopies or other reproductions of copyrighted material."
    ),
    (
        "Under certain conditions specified in the law, libraries and archives are authorized to "
        "furnish a photocopy or other reproduction. One of these specific conditions is that the "
        "photocopy or reproduction is not to be \u201cused for any purpose other than private "
        "study, scholarship, or research.\u201d If a user makes a request for, or later uses, a "
        "photocopy or reproduction for purposes in excess of \u201cfair use,\u201d that user may "
        "be liable for copyright infringement."
    ),
    (
        "This institution reserves the right to refuse to accept a copying order if, in its "
        "judgment, fulfillment of the order would involve violation of copyright law."
    ),
)
MARGIN = 90  # points


@cache
def page() -> bytes:
    """One page of letter paper, as PDF: the same bytes each time."""
    heading = ParagraphStyle("heading", fontName="Times-Bold", fontSize=18, leading=26)
    heading.alignment = TA_CENTER
    text = ParagraphStyle("text", fontName="Times-Roman", fontSize=13, leading=19, spaceAfter=12)
    file = io.BytesIO()
    said = [Spacer(1, 72), Paragraph(HEADING, heading), Paragraph(SUBJECT, heading), Spacer(1, 24)]
    said += [Paragraph(each, text) for each in PARAGRAPHS]
    paper = SimpleDocTemplate(
        file,
        pagesize=letter,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        title=SUBJECT.capitalize(),
        invariant=1,
    )
    paper.build(said)
    return file.getvalue()
