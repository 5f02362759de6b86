"""The patron's addresses, under /patron/."""

from django.urls import URLPattern, path

from postroad.web.patron import ask, blank, cases, copies, questions, requests, talk

urlpatterns: list[URLPattern] = [
    path("ask/<int:pk>/", ask.ask, name="patron-ask"),
    path("ask/blank/", blank.ask, name="patron-ask-blank"),
    path("requests/", requests.requests, name="patron-requests"),
    path("requests/<slug:ref>/", requests.one, name="patron-request"),
    path("requests/<slug:ref>/question/", cases.ask, name="patron-case-new"),
    path("cases/<slug:question_number>/", cases.case, name="patron-case"),
    path(
        "requests/<slug:ref>/questions/<int:question>/",
        questions.question,
        name="patron-question",
    ),
    path(
        "requests/<slug:ref>/questions/<int:question>/withdraw/",
        questions.withdraw,
        name="patron-question-withdraw",
    ),
    path("requests/<slug:ref>/ask/<slug:kind>/", questions.ask, name="patron-question-ask"),
    path("requests/<slug:ref>/messages/", talk.thread, name="patron-request-messages"),
    path("requests/<slug:ref>/why/", requests.why, name="patron-why"),
    path("requests/<slug:ref>/renew/", requests.renew, name="patron-renew"),
    path("requests/<slug:ref>/amend/", requests.amend, name="patron-amend"),
    path("requests/<slug:ref>/cancel/", requests.cancel, name="patron-cancel"),
    path("requests/<slug:ref>/copy/longer/", copies.extend, name="patron-copy-extend"),
    path("requests/<slug:ref>/copy/wrong/", copies.wrong, name="patron-copy-wrong"),
    path("requests/<slug:ref>/copy/fine/", copies.fine, name="patron-copy-fine"),
    path("notices/read/", requests.read, name="patron-notices-read"),
]
