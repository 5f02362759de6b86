"""The list of answers stands beside guides and news, and editors may keep boxes and topics."""

from django.db import migrations

STEP = 4  # characters of a path for each level of the tree
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACTIONS = {"add": "Can add", "change": "Can change", "delete": "Can delete", "view": "Can view"}


def build(apps, schema_editor):
    FrontPage = apps.get_model("guides", "FrontPage")
    Answers = apps.get_model("guides", "Answers")
    for front in FrontPage.objects.all():
        Answers.objects.create(
            title="Questions and answers",
            draft_title="Questions and answers",
            slug=free_slug(apps, front),
            content_type=kind_of(apps, "answers"),
            locale_id=front.locale_id,
            path=next_path(apps, front),
            depth=front.depth + 1,
            url_path=f"{front.url_path}{free_slug(apps, front)}/",
            live=True,
        )
        FrontPage.objects.filter(pk=front.pk).update(numchild=front.numchild + 1)
    admit_editors(apps)


def free_slug(apps, front):
    """An editor may have made a page of that name; no two beside each other have the same."""
    Page = apps.get_model("wagtailcore", "Page")
    beside = Page.objects.filter(path__startswith=front.path, depth=front.depth + 1)
    taken = set(beside.values_list("slug", flat=True))
    return next(slug for slug in ("answers", "all-answers", "our-answers") if slug not in taken)


def next_path(apps, front):
    Page = apps.get_model("wagtailcore", "Page")
    beside = Page.objects.filter(path__startswith=front.path, depth=front.depth + 1)
    last = beside.order_by("-path").values_list("path", flat=True).first()
    number, digits = int(last[-STEP:], 36) + 1 if last else 1, ""
    for _place in range(STEP):
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return front.path + digits


def kind_of(apps, model):
    ContentType = apps.get_model("contenttypes", "ContentType")
    return ContentType.objects.get_or_create(app_label="guides", model=model)[0]


def admit_editors(apps):
    Permission = apps.get_model("auth", "Permission")
    group = apps.get_model("auth", "Group").objects.filter(name="Moderators").first()
    for model in ("box", "topic"):
        for action, name in ACTIONS.items():
            permission, _new = Permission.objects.get_or_create(
                content_type=kind_of(apps, model),
                codename=f"{action}_{model}",
                defaults={"name": f"{name} {model}"},
            )
            if group:
                group.permissions.add(permission)


def pull_down(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    for list_of in apps.get_model("guides", "Answers").objects.all():
        above = Page.objects.get(path=list_of.path[:-STEP])
        Page.objects.filter(path__startswith=list_of.path).delete()
        Page.objects.filter(pk=above.pk).update(numchild=above.numchild - 1)


class Migration(migrations.Migration):
    dependencies = [
        ("guides", "0002_front_page"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(build, pull_down)]
