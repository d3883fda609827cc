"""From a certificate to the sheet that prints it."""

from __future__ import annotations

from services.certificate.certificates.certificate import Certificate
from services.certificate.production.drawing.sheet import Sheet


def sheet_of(certificate: Certificate, site: str) -> Sheet:
    """Its newest issue. site: the public address of the house."""
    holder, issue = certificate.holder, certificate.copies[-1]
    return Sheet(
        certificate_no=certificate.number,
        name=holder.name,
        sex=holder.sex,
        birth=holder.birth,
        id_type=holder.id_type,
        id_number=holder.id_number,
        education=holder.education,
        employer=holder.employer,
        occupation_zh=holder.occupation_zh,
        occupation_en=holder.occupation_en,
        level=holder.level,
        theory=holder.theory,
        practical=holder.practical,
        review=holder.review,
        grade=holder.grade,
        issued_on=certificate.issued_on,
        issuer_zh=certificate.issuer.body_zh,
        issuer_en=certificate.issuer.body_en,
        centre_zh=certificate.issuer.centre_zh,
        centre_en=certificate.issuer.centre_en,
        verify_url=certificate.verify_url(site),
        query_site=site.removeprefix("https://").removeprefix("http://").rstrip("/"),
        blank_serial=issue.blank_serial,
        remark=issue.remark,
    )
