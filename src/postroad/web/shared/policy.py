"""The form of a library's policy: its director's, and the center's while the library comes in."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.catalogue.models import Format
from postroad.directory import agreements, network_rules, records
from postroad.directory.models import Agreement, Policy
from postroad.form_errors import InOurWords


class PolicyForm(InOurWords, forms.ModelForm[Policy]):
    """What a library decides for itself, in plain words."""

    formats_not_lent = forms.MultipleChoiceField(
        label=gettext_lazy("What we do not lend"),
        choices=Format.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    due_means = forms.ChoiceField(
        label=gettext_lazy("What our due date means"),
        help_text=gettext_lazy(
            "Holds for what we send from today on. If it means back at our library, readers "
            "elsewhere have some days less, for the way home."
        ),
        choices=Agreement.DueMeans.choices,
        widget=forms.RadioSelect,
        required=False,
    )

    keeps_own = forms.MultipleChoiceField(
        label=gettext_lazy("What we decide ourselves, although our network has a rule"),
        choices=[(name, words.networks.RULES[name]) for name in network_rules.DECIDED],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Policy
        fields: ClassVar[list[str]] = [
            "lends",
            "lends_to_other_states",
            "formats_not_lent",
            "copies",
            "answer_days",
            "ship_days",
            "loan_days",
            "renewals",
            "renewal_days",
            "hold_shelf_days",
            "open_requests",
            "approves_by_itself",
            "ask_order",
            "keeps_own",
            "daily_mail",
            "answers_by_mail",
        ]
        labels: ClassVar[dict[str, Any]] = {
            "lends": gettext_lazy("We lend to other libraries"),
            "lends_to_other_states": gettext_lazy("We lend to libraries in another state, too"),
            "copies": gettext_lazy("We send copies of articles and chapters to other libraries"),
            "answer_days": gettext_lazy("Working days until we answer"),
            "ship_days": gettext_lazy("Working days from answer to shipping"),
            "loan_days": gettext_lazy("Loan period, in days"),
            "renewals": gettext_lazy("Renewals allowed"),
            "renewal_days": gettext_lazy("Renewal period, in days"),
            "hold_shelf_days": gettext_lazy("Days on our hold shelf"),
            "open_requests": gettext_lazy("Open requests allowed for each patron"),
            "approves_by_itself": gettext_lazy(
                "Approve our patrons' requests automatically when they pass every check"
            ),
            "ask_order": gettext_lazy("Where our requests are sent, in which order"),
            "daily_mail": gettext_lazy("E-mail our desk each morning a list of what is waiting"),
            "answers_by_mail": gettext_lazy("E-mail us each request, to be answered from the mail"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "answer_days": gettext_lazy("After that the next library is asked."),
            "ship_days": gettext_lazy("After that the next library is asked."),
            "loan_days": gettext_lazy(
                "Counted from the day the reader picks it up: time in transit and on the hold "
                "shelf does not count."
            ),
            "renewals": gettext_lazy(
                "0 means never. When somebody else is waiting for the copy, it is not renewed."
            ),
            "renewal_days": gettext_lazy(
                "Counted from the due date, to a day when its library is open."
            ),
            "hold_shelf_days": gettext_lazy(
                "After that it goes home. Days of a closure do not count, and the last day is "
                "always one when we are open."
            ),
            "ask_order": gettext_lazy(
                "Within a step the library that can deliver soonest is asked first. A library "
                "without a network begins with all members."
            ),
            "daily_mail": gettext_lazy(
                "Sent on days when we are open; new requests from other libraries are also sent a "
                "few times a day. No patron is named."
            ),
            "answers_by_mail": gettext_lazy(
                "Each mail has links to say yes or no, and to record that you shipped it, without "
                "signing in. A library where nobody has an account gets these mails in any case."
            ),
            "open_requests": gettext_lazy(
                "This counts items that the patron is waiting for or has at home. Any more "
                "requests wait for your review."
            ),
        }

    LIMITS: ClassVar[dict[str, tuple[int, int]]] = {
        "answer_days": (1, 10),
        "ship_days": (1, 10),
        "loan_days": (1, 365),
        "renewals": (0, 20),
        "renewal_days": (1, 365),
        "hold_shelf_days": (1, 60),
        "open_requests": (1, 500),
    }

    def keep(self, *, by: str) -> None:
        """Save it, as said by somebody of the library or for it."""
        policy = self.save()
        today = timezone.localdate()
        if means := self.cleaned_data["due_means"]:
            agreements.say_what_due_means(policy.library, means, today)
        records.confirm(policy.library, ["policy"], by=by, on=today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.library_id is not None:
            means = agreements.means(self.instance.library, timezone.localdate())
            self.initial.setdefault("due_means", means)
        for name, (least, most) in self.LIMITS.items():
            self.fields[name] = forms.IntegerField(
                label=self.fields[name].label,
                help_text=self.fields[name].help_text,
                min_value=least,
                max_value=most,
            )
        self._follow_network()

    def _follow_network(self) -> None:
        """What the network decides stands here as a fact; where its rules leave a choice, the box
        is there."""
        rules, decided = None, []
        if self.instance.library_id is not None:
            network = self.instance.library.network_id
            rules = network_rules.of(network, timezone.localdate())
        if rules is not None:
            decided = [name for name in network_rules.DECIDED if network_rules.has(rules, name)]
        free = [name for name in decided if rules is not None and name in rules.own_allowed]
        for name in decided:
            said = words.networks.value(name, getattr(rules, name))
            if name in free:
                note = _("Our network’s rule: %(rule)s. It counts unless we decide this ourselves.")
            else:
                note = _("Our network decides this: %(rule)s.")
                self.fields[name].disabled = True
            self.fields[name].help_text = note % {"rule": said}
        if free:
            labels = [(name, words.networks.RULES[name]) for name in free]
            self.fields["keeps_own"].choices = labels  # type: ignore[attr-defined]
        else:
            del self.fields["keeps_own"]
