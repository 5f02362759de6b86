"""Every house has a front door: the front page with its guides and news, still empty."""

from django.db import migrations


def build(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    root = Page.objects.get(depth=1)
    Page.objects.filter(path__startswith=root.path, depth__gt=1).delete()  # Wagtail's welcome
    front = page(
        apps, "FrontPage", "00010001", "home", "Borrow from any of our libraries", numchild=2
    )
    page(apps, "Guides", "000100010001", "guides", "Guides")
    page(apps, "News", "000100010002", "news", "News")
    Page.objects.filter(pk=root.pk).update(numchild=1)
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page_id=front.pk, is_default_site=True)


def page(apps, model, path, slug, title, numchild=0):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Locale = apps.get_model("wagtailcore", "Locale")
    kind, _ = ContentType.objects.get_or_create(app_label="guides", model=model.lower())
    return apps.get_model("guides", model).objects.create(
        title=title,
        draft_title=title,
        slug=slug,
        content_type=kind,
        locale=Locale.objects.order_by("pk").first(),
        path=path,
        depth=len(path) // 4,
        numchild=numchild,
        url_path="/home/" if slug == "home" else f"/home/{slug}/",
        live=True,
    )


def pull_down(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    apps.get_model("wagtailcore", "Site").objects.all().delete()
    Page.objects.filter(depth__gt=1).delete()
    Page.objects.filter(depth=1).update(numchild=0)


class Migration(migrations.Migration):
    dependencies = [
        ("guides", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(build, pull_down)]
