"""What one certificate prints, as plain values, and the words they become on paper (rules §1.5, §2.1, §3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.contracts.reporting import GRADE_NAMES, Grade
from shared.contracts.words import LEVEL_NAMES
from shared.trade.days import day_zh
from shared.trade.practice import is_practice_number

NOTHING = "--"  # what the layout rules want in a place that stays empty
WATERMARK = "培训样张 TRAINING · 无效 VOID"  # across every page whose number belongs to the practice tree (R2)
WATERMARK_PLACE = "watermark"
GRADE_WORDS: Mapping[Grade, str] = {grade: f"{zh} {en}" for grade, (zh, en) in GRADE_NAMES.items()}
SEX_WORDS: Mapping[str, str] = {"男": "男 Male", "女": "女 Female"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One issue of a certificate, as a snapshot: nothing on it is looked up when it is drawn.

    certificate_no: 16 digits. level: 5 lowest to 1 highest. Scores: 0 to 100. issuer: the appraising body.
    centre: the issuing authority. verify_url: what the QR code holds. query_site: short address, printed as text.
    blank_serial: 流水码 of the sheet of paper.
    """

    certificate_no: str
    name: str
    sex: str
    birth: date
    id_type: str
    id_number: str
    education: str
    employer: str
    occupation_zh: str
    occupation_en: str
    level: int
    theory: float
    practical: float
    review: float | None
    grade: Grade
    issued_on: date
    issuer_zh: str
    issuer_en: str
    centre_zh: str
    centre_en: str
    verify_url: str
    query_site: str
    blank_serial: str = ""
    remark: str = ""


def words(sheet: Sheet) -> dict[str, str]:
    """Every word of the sheet that becomes text on paper, by its place (`places.py`). The QR code is not text.

    Whether it is a practice page its number alone says: no caller can forget the watermark."""
    practice = is_practice_number(sheet.certificate_no)
    level_zh, level_en = LEVEL_NAMES[sheet.level]
    return {
        "certificate_no": sheet.certificate_no,
        "name": sheet.name,
        "sex": SEX_WORDS.get(sheet.sex, sheet.sex),
        "birth": day_zh(sheet.birth),
        "id_type": sheet.id_type,
        "id_number": sheet.id_number,
        "education": sheet.education or NOTHING,
        "employer": sheet.employer or NOTHING,
        "occupation_zh": sheet.occupation_zh,
        "occupation_en": sheet.occupation_en,
        "level_zh": level_zh,
        "level_en": level_en,
        "theory": score(sheet.theory),
        "practical": score(sheet.practical),
        "review": NOTHING if sheet.review is None else score(sheet.review),
        "grade": GRADE_WORDS[sheet.grade],
        "issuer_zh": sheet.issuer_zh,
        "issuer_en": sheet.issuer_en,
        "centre_zh": sheet.centre_zh,
        "centre_en": sheet.centre_en,
        "issued_zh": day_zh(sheet.issued_on),
        "issued_iso": sheet.issued_on.isoformat(),
        "query_site": f"查询网址 Look-up: {sheet.query_site}",
        "blank_serial": sheet.blank_serial or NOTHING,
        "remark": sheet.remark or NOTHING,
        **({WATERMARK_PLACE: WATERMARK} if practice else {}),
    }


def score(points: float) -> str:
    """As it was given, without idle decimals: 86, 90.5. Not rounded to a place: 59.96 must not print as a pass."""
    return f"{points:.6g}"
