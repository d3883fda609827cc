"""What every form on its way up has in common in words: its states and its verbs; each form adds its own."""

from __future__ import annotations

from collections.abc import Mapping

from shared.words import Pair, Words

STATES: Mapping[str, Pair] = {
    "draft": ("草稿", "a draft"),
    "submitted": ("已呈报", "submitted"),
    "endorsed": ("分中心已审核", "endorsed by its branch centre"),
    "approved": ("已批准", "approved"),
    "returned": ("已退回", "returned"),
    "discarded": ("已作废的草稿", "a draft that was given up"),
}
VERBS: Mapping[str, Pair] = {
    "draft": ("编制", "drafted"),
    "revise": ("修改", "revised"),
    "submit": ("呈报", "submitted"),
    "endorse": ("审核", "endorsed"),
    "approve": ("批准", "approved"),
    "send_back": ("退回", "sent back"),
    "withdraw": ("撤回", "taken back"),
    "discard": ("作废", "given up"),
    "redraft": ("重新编制", "drafted anew"),
}
VOIDED: Pair = ("已作废", "void")
WINDING_UP: Mapping[str, Pair] = {
    "finish": ("继续办完", "finished"),
    "void": ("作废", "made void"),
    "transfer": ("移交", "moved to another body"),
}
"""What a revocation of its body does with what is open."""


def form_words(
    kind: str, noun: Pair, states: Mapping[str, Pair] | None = None, verbs: Mapping[str, Pair] | None = None
) -> Words:
    return Words(kind, noun, {**STATES, **(states or {})}, {**VERBS, **(verbs or {})})
