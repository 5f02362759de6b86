"""A notice follows from any source, is about anything, and goes to addresses without an account."""

from django.conf import settings
from django.db import migrations, models

import postroad.notices.models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0006_closure_entered_once'),
        ('notices', '0008_sources_of_all'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='notice',
            name='a_person_is_told_once',
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='a_library_is_told_once',
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='an_office_is_told_once',
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='a_person_is_told_once_of_a_source',
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='a_library_is_told_once_of_a_source',
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='an_office_is_told_once_of_a_source',
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='a_notice_has_one_recipient',
        ),
        migrations.RemoveIndex(
            model_name='notice',
            name='notice_request',
        ),
        migrations.RemoveField(
            model_name='notice',
            name='event',
        ),
        migrations.RemoveField(
            model_name='notice',
            name='ref',
        ),
        migrations.AddField(
            model_name='deadaddress',
            name='bounces',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='notice',
            name='address',
            field=models.CharField(blank=True, max_length=254),
        ),
        migrations.AddField(
            model_name='notice',
            name='leave',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='notice',
            name='link',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='notice',
            name='name',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='notice',
            name='reply_to',
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AlterField(
            model_name='notice',
            name='about',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=postroad.notices.models.kinds, max_length=24),
        ),
        migrations.AlterField(
            model_name='notice',
            name='source',
            field=models.CharField(max_length=40),
        ),
        migrations.AlterField(
            model_name='notice',
            name='source_key',
            field=models.CharField(max_length=60),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['about'], name='notice_about'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('address', ''), _negated=True), fields=['address'], name='notice_address'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('address', ''), _negated=True), fields=['made_at'], name='notice_to_address'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('source', 'source_key', 'kind', 'user'), name='a_person_is_told_once'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('library__isnull', False)), fields=('source', 'source_key', 'kind', 'library'), name='a_library_is_told_once'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('office', ''), _negated=True), fields=('source', 'source_key', 'kind', 'office'), name='an_office_is_told_once'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('address', ''), _negated=True), fields=('source', 'source_key', 'kind', 'address'), name='an_address_is_told_once'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('address', ''), ('library', None), ('office', ''), ('user__isnull', False)), models.Q(('address', ''), ('library__isnull', False), ('office', ''), ('user', None)), models.Q(('address', ''), ('library', None), ('user', None), models.Q(('office', ''), _negated=True)), models.Q(('library', None), ('office', ''), ('user', None), models.Q(('address', ''), _negated=True)), _connector='OR'), name='a_notice_has_one_recipient'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), models.Q(('source_key', ''), _negated=True)), name='a_notice_follows_from_one_thing'),
        ),
    ]
