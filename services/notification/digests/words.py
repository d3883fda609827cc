"""What a digest calls the kinds of letters that it gathers, in the order in which it lists them: first what waits for who
reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OTHER: Final = ("其他事项", "Other matters")
"""Of a letter of another release."""

GROUPS: Final[Mapping[str, tuple[str, str]]] = {
    "awaiting-review": ("待审核", "For review"),
    "duty-ahead": ("期限将到", "Due soon"),
    "production-order": ("待制证", "Certificates to be made"),
    "certificates-ready": ("待打印寄发", "To be printed and posted"),
    "inspection-performed": ("检查结果", "Results of inspections"),
    "inspection-closed": ("检查办结", "Inspections closed"),
    "approved": ("已批准", "Approved"),
    "annual-plan-amended": ("计划调整", "Plans under amendment"),
    "session-postponed": ("鉴定改期", "Sessions on another day"),
    "session-cancelled": ("鉴定取消", "Sessions cancelled"),
    "withdrawn": ("已撤回", "Taken back"),
    "discarded": ("草稿作废", "Drafts given up"),
    "certificates-made": ("证书制作", "Certificates being made"),
    "certificates-mailed": ("证书寄出", "Certificates posted"),
    "certificates-voided": ("证书作废", "Certificates voided"),
    "standing-changed": ("资质变更", "Changes of standing"),
    "bulletin-published": ("质量通报", "Quality bulletins"),
    "bulletin-corrected": ("质量通报", "Quality bulletins"),
    "webhook-failing": ("推送失败", "Webhooks failing"),
}
