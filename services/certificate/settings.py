"""What may be set for the certificate service alone."""

from __future__ import annotations

from pydantic import Field

from shared.settings import OwnSettings


class CertificateSettings(OwnSettings):
    verifications_per_minute: int = Field(30, ge=1, description="public look-ups allowed per address")
