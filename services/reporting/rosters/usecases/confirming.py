"""A date, a name or a number that was read as another one than was typed counts only once somebody has looked at it
(docs/decisions/0040). Whoever confirms names the digest of just these lines with just these corrections."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence

from services.reporting.rosters.workbook.findings import Correction
from shared.errors import Problem, Unconfirmed


def digest(import_id: str, corrections: Sequence[Correction]) -> str:
    """What a confirmation names; empty where nothing has to be confirmed. import_id: of the lines as they were read."""
    weighty = [[one.where, one.what, one.was, one.read_as] for one in corrections if one.weight == "confirm"]
    if not weighty:
        return ""
    said = json.dumps([import_id, weighty], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def must_be_confirmed(import_id: str, corrections: Sequence[Correction], confirmed: str) -> int:
    """How many corrections weigh, all of them confirmed. Raises Unconfirmed."""
    wanted = digest(import_id, corrections)
    weighty = [one for one in corrections if one.weight == "confirm"]
    if not wanted or secrets.compare_digest(confirmed.encode(), wanted.encode()):
        return len(weighty)
    count = len(weighty)
    if confirmed:
        detail = (
            f"所确认的不是这份工作簿的更正，未导入。请重新核对下列 {count} 处后再确认 · what was confirmed are not the "
            f"corrections of this workbook, so nothing was taken over: look at these {count} and confirm them"
        )
    else:
        detail = (
            f"有 {count} 处日期、姓名或号码与所填不同，未导入。请逐处核对：无误的，确认后重新导入；有误的，改正工作簿 · "
            f"{count} dates, names or numbers were read otherwise than typed, so nothing was taken over: confirm them, or "
            "correct the workbook"
        )
    raise Unconfirmed(detail, [Problem(one.where, _said(one), one.fix) for one in weighty], wanted)


def _said(one: Correction) -> str:
    """The finding with what was typed, in both halves."""
    zh, _, en = one.what.partition(" · ")
    return f"{zh}：原填“{one.was}” · {en}: typed as {one.was}" if one.was else one.what
