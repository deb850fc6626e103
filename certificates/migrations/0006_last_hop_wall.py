"""A certificate is written for an approved case only, and of the unit whose decision ended it."""

from django.db import migrations

from organizations.walls import ME_PERSON, ME_UNIT

OF_THE_LAST_HOP = f"""
DROP POLICY certificates_certificate_insert ON certificates_certificate;
CREATE POLICY certificates_certificate_insert ON certificates_certificate FOR INSERT WITH CHECK (
    EXISTS (SELECT FROM applications_application a
        JOIN applications_decision d ON d.application_id = a.id AND d.revision = a.revision AND d.hop = a.hop
        WHERE a.id = certificates_certificate.application_id AND a.person_id = certificates_certificate.person_id
          AND a.state = 'approved' AND d.unit_id = certificates_certificate.issued_by_id
          AND (a.person_id = {ME_PERSON} OR d.unit_id = {ME_UNIT})));
"""
OF_THE_HOLDER = f"""
DROP POLICY certificates_certificate_insert ON certificates_certificate;
CREATE POLICY certificates_certificate_insert ON certificates_certificate FOR INSERT WITH CHECK (
    EXISTS (SELECT FROM applications_application a
        WHERE a.id = application_id AND a.person_id = certificates_certificate.person_id
          AND (a.current_unit_id = {ME_UNIT} OR (a.state = 'approved'
               AND (a.person_id = {ME_PERSON} OR issued_by_id = {ME_UNIT})))));
"""


class Migration(migrations.Migration):
    dependencies = [("certificates", "0005_revoking"), ("applications", "0012_revision_walls")]

    operations = [migrations.RunSQL(OF_THE_LAST_HOP, OF_THE_HOLDER)]
