"""The link in a patron's mail with a question of her library: /question/TOKEN/. Opening it changes
nothing, since mail scanners open links; its one button sends her answer."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.catalogue import citation
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.ill import patron_links, questions
from postroad.ill.acts import Act, Door
from postroad.ill.lifecycle import Owner
from postroad.ill.lifecycle.questions import Answer
from postroad.ill.models import Question
from postroad.ill.patron_links import PatronLinkUnknown
from postroad.ill.questions import Said


class AnswerForm(InOurWords, forms.Form):
    """Her answer in her own words."""

    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, question_link: str) -> HttpResponse:
    try:
        asked = patron_links.read(question_link)
        form = AnswerForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return answered(request, asked, form.cleaned_data["text"])
    except Refusal as no:
        return gone(request, no)
    answer = render(
        request,
        "public/question.html",
        {"question": asked, "title": citation.short_title(asked.request.title), "form": form},
        status=422 if form.is_bound else 200,
    )
    answer["X-Robots-Tag"] = "noindex"
    return answer


def answered(request: HttpRequest, asked: Question, text: str) -> HttpResponse:
    """Who follows the link answers for its patron; which person, nobody knows."""
    act = Act(at=timezone.now(), role=Owner.PATRON, door=Door.MAIL)
    questions.answer(asked, Answer.ANSWERED, act, Said(note=text))
    return render(request, "public/question_answered.html", {"question": asked, "text": text})


def gone(request: HttpRequest, no: Refusal) -> HttpResponse:
    return render(
        request,
        "shared/refused.html",
        {
            "heading": _("This link does not work any more"),
            "sentence": words.refusal(no),
            "back": "/",
        },
        status=404 if isinstance(no, PatronLinkUnknown) else 410,
    )
