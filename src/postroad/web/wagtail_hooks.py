"""What the pages of the web offer to those who write guides."""

from wagtail import hooks

from postroad.guides import live
from postroad.web.templatetags.boxes import choices

hooks.register(live.HOOK, choices)
