"""Guides and news, edited in Wagtail."""
