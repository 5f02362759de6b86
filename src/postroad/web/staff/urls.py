"""The addresses of a library's staff, under /staff/."""

from django.urls import URLPattern, URLResolver, path

from postroad.web.staff import (
    ask,
    calendar,
    cases,
    desk,
    figures,
    find,
    library,
    numbering,
    overview,
    questions,
    readers,
    requests,
    slips,
    status,
    tracking,
)
from postroad.web.staff.borrowing import queue as borrowing
from postroad.web.staff.borrowing import scans as borrowing_scans
from postroad.web.staff.borrowing import verbs
from postroad.web.staff.lending import pull_list
from postroad.web.staff.lending import queue as lending
from postroad.web.staff.lending import scans as lending_scans
from postroad.web.staff.lending import verbs as answers

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.overview, name="staff"),
    path("desk/", desk.desk, name="staff-desk"),
    path("find/", find.find, name="find"),
    path("ask/", ask.ask, name="staff-ask"),
    path("readers/<int:key>/", readers.reader, name="staff-reader"),
    path("acknowledge/<int:sent>/", overview.acknowledge, name="staff-acknowledge"),
    path("notices/<int:notice>/read/", overview.read, name="staff-notice-read"),
    path("borrowing/", borrowing.queue, name="staff-borrowing"),
    path("borrowing/receive/", borrowing_scans.receive, name="staff-borrowing-receive"),
    path("borrowing/lend/", borrowing_scans.lend, name="staff-borrowing-lend"),
    path("borrowing/take-back/", borrowing_scans.take_back, name="staff-borrowing-take-back"),
    path("borrowing/send-home/", borrowing_scans.send_home, name="staff-borrowing-send-home"),
    path("borrowing/slips/", slips.borrowing_page, name="staff-borrowing-slips"),
    path("borrowing/slips.pdf", slips.borrowing_pdf, name="staff-borrowing-slips-pdf"),
    path("lending/", lending.queue, name="staff-lending"),
    path("lending/out/", lending.out, name="staff-lending-out"),
    path("lending/pull-list/", pull_list.pull_list, name="staff-lending-pull-list"),
    path("lending/ship/", lending_scans.ship, name="staff-lending-ship"),
    path("lending/check-in/", lending_scans.check_in, name="staff-lending-check-in"),
    path("lending/slips/", slips.lending_page, name="staff-lending-slips"),
    path("lending/slips.pdf", slips.lending_pdf, name="staff-lending-slips-pdf"),
    path("cases/", cases.cases, name="staff-cases"),
    path("cases/new/", cases.new, name="staff-case-new"),
    path("cases/saved-answers/", cases.canned, name="staff-cases-canned"),
    path("cases/<slug:case_number>/", cases.case, name="staff-case"),
    path("cases/<slug:case_number>/<slug:case_step>/", cases.act, name="staff-case-act"),
    path("questions/", questions.listed, name="staff-questions"),
    path("questions/<int:question>/", questions.question, name="staff-question"),
    path("questions/<int:question>/withdraw/", questions.withdraw, name="staff-question-withdraw"),
    path("requests/<slug:ref>/ask/<slug:kind>/", questions.ask, name="staff-question-ask"),
    path("returns/slip.pdf", slips.bare_pdf, name="staff-returns-slip"),
    path("library/", library.library, name="staff-library"),
    path("library/borrowed/", figures.borrowed_page, name="staff-library-borrowed"),
    path("library/lent/", figures.lent_page, name="staff-library-lent"),
    path("library/calendar/", calendar.page, name="staff-library-calendar"),
    path("library/policy/", library.policy, name="staff-library-policy"),
    path("library/closures/", library.close, name="staff-library-closures"),
    path("library/closures/<int:closure>/remove/", library.reopen, name="staff-library-reopen"),
    path("status/", status.page, name="staff-status"),
    path("requests/<slug:ref>/", requests.request, name="staff-request"),
    path("requests/<slug:ref>/case/", cases.about_request, name="staff-request-case"),
    path("requests/<slug:ref>/why/", requests.why, name="staff-request-why"),
    path("requests/<slug:ref>/why.txt", requests.why_text, name="staff-request-why-text"),
    path("requests/<slug:ref>/approve/", verbs.approve, name="staff-request-approve"),
    path("requests/<slug:ref>/decline/", verbs.decline, name="staff-request-decline"),
    path("requests/<slug:ref>/amend/", verbs.amend, name="staff-request-amend"),
    path("requests/<slug:ref>/cancel/", verbs.cancel, name="staff-request-cancel"),
    path("requests/<slug:ref>/receive/", verbs.receive, name="staff-request-receive"),
    path("requests/<slug:ref>/lend/", verbs.lend, name="staff-request-lend"),
    path("requests/<slug:ref>/renew/", verbs.renew, name="staff-request-renew"),
    path("requests/<slug:ref>/take-back/", verbs.take_back, name="staff-request-take-back"),
    path("requests/<slug:ref>/send-home/", verbs.send_home, name="staff-request-send-home"),
    path("requests/<slug:ref>/told/", verbs.told, name="staff-request-told"),
    path("requests/<slug:ref>/numbers/", numbering.page, name="staff-request-numbers"),
    path("requests/<slug:ref>/tracking/", tracking.page, name="staff-request-tracking"),
    path("requests/<slug:ref>/undo/", requests.undo, name="staff-request-undo"),
    path(
        "supplies/<slug:ref>/<int:attempt>/promise/", answers.promise, name="staff-supply-promise"
    ),
    path(
        "supplies/<slug:ref>/<int:attempt>/not-on-shelf/",
        answers.not_on_shelf,
        name="staff-supply-not-on-shelf",
    ),
    path("supplies/<slug:ref>/<int:attempt>/refuse/", answers.refuse, name="staff-supply-refuse"),
    path(
        "supplies/<slug:ref>/<int:attempt>/check-in/",
        answers.check_in,
        name="staff-supply-check-in",
    ),
    path(
        "supplies/<slug:ref>/<int:attempt>/come-back/",
        answers.come_back,
        name="staff-supply-come-back",
    ),
]
