"""The quality bulletin (R0): four eyes, frozen under a seal, and the same paper and workbook every time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pypdf
import pytest
from python_calamine import CalamineWorkbook

from services.notification.letters.letter import LetterWriter
from services.runtime.catalogue import REGISTER
from services.supervision.bulletins import pdf as bulletin_pdf
from services.supervision.bulletins import xlsx as bulletin_xlsx
from services.supervision.bulletins.bulletin import DRAFT, PUBLISHED, STATES, Bulletin
from services.supervision.bulletins.layout import tables
from services.supervision.bulletins.number_series import numbered
from services.supervision.figures.figures import Counted, Figures, Place, QuarterRows, Row, added, rows_of
from shared.actor import Actor
from shared.errors import Invalid, NotAllowed, Unavailable, WrongState
from shared.trade.roles import Role

CENTRE, PATH = "49000001", "/49000001/"
CUT = datetime(2026, 4, 20, 1, 0, tzinfo=UTC)
NOW = datetime(2026, 4, 21, 1, 0, tzinfo=UTC)


def actor(id: str, *roles: Role, body: str = CENTRE) -> Actor:
    return Actor(id, id, body, PATH, frozenset(roles))


CLERK, APPROVER = actor("clerk", Role.CENTRE_CLERK), actor("approver", Role.CENTRE_APPROVER)
BOTH = actor("both", Role.CENTRE_CLERK, Role.CENTRE_APPROVER)


def rows(stations: int = 3) -> list[Row]:
    branch = f"{PATH}49050001/"
    places = [
        Place(body=CENTRE, path=PATH, name_zh="示例指导中心", name_en="Example Centre", branch=False),
        Place(body="49050001", path=branch, name_zh="示例分中心", name_en="Example Branch", branch=True),
    ]
    counted = []
    for n in range(stations):
        code = f"49053{n:03d}"
        place = Place(
            body=code, path=f"{branch}{code}/", name_zh=f"示例第{n}鉴定站", name_en=f"Station {n}", branch=False
        )
        figures = Figures(sessions=1, held=1, heads_planned=30, examined=28, passed=24, passed_of_examined=24)
        places.append(place)
        counted.append(Counted(code, place.path, added([figures, Figures(certificates=24, reports_on_time=1)])))
    counted.append(Counted("49053000", f"{branch}49053000/", Figures(violations={"foreign_number": 2, "=odd": 1})))
    return rows_of(places, counted)


NUMBER = numbered("机职鉴通", 2026, 3)


def found(content: list[Row] | None = None, *left_out: str) -> QuarterRows:
    return QuarterRows(rows() if content is None else content, list(left_out))


def draft(
    content: list[Row] | None = None,
    *,
    cut_at: datetime = CUT,
    summary: str = "一切正常。",
    left_out: tuple[str, ...] = (),
    correction: bool = False,
    **said: str,
) -> Bulletin:
    corrects = {"id": "2026-Q1-2", "correction": 1, "corrects": "2026-Q1", "corrects_number": NUMBER.text}
    blank: dict[str, Any] = {
        "id": "2026-Q1",
        "body": CENTRE,
        "path": PATH,
        "quarter": "2026-Q1",
        "summary": "",
        "rows": [],
        "cut_at": cut_at,
        "compiled_by": "",
    }
    bulletin = Bulletin(**(blank | corrects if correction else blank))
    bulletin.compile(CLERK, cut_at, summary, found(content, *left_out), cut_at, **said)
    return bulletin


def published(content: list[Row] | None = None, **more: Any) -> Bulletin:
    bulletin = draft(content, **more)
    bulletin.publish(APPROVER, NOW, NUMBER)
    return bulletin


# --- states and eyes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", ["compile", "publish"])
def test_every_verb_in_every_state(state: str, verb: str) -> None:
    bulletin = draft() if state == DRAFT else published()

    def act() -> None:
        if verb == "compile":
            bulletin.compile(CLERK, NOW, "另一说明", found(rows(1)), NOW)
        else:
            bulletin.publish(APPROVER, NOW, NUMBER)

    if state == PUBLISHED:
        before = bulletin.as_record()
        with pytest.raises(WrongState):
            act()
        assert bulletin.as_record() == before
        return
    act()
    assert bulletin.state == (PUBLISHED if verb == "publish" else DRAFT)


@pytest.mark.parametrize("by", [APPROVER, actor("x", Role.BRANCH_OFFICER), actor("x", Role.CENTRE_CLERK, body="4905")])
def test_who_may_not_compile(by: Actor) -> None:
    with pytest.raises(NotAllowed):
        draft().compile(by, NOW, "", found(), NOW)


@pytest.mark.parametrize("by", [CLERK, actor("x", Role.BRANCH_OFFICER), actor("x", Role.CENTRE_APPROVER, body="4905")])
def test_who_may_not_publish(by: Actor) -> None:
    with pytest.raises(NotAllowed):
        draft().publish(by, NOW, NUMBER)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("verb", "whose"), [("compile", Role.CENTRE_CLERK), ("publish", Role.CENTRE_APPROVER)])
def test_every_role_with_every_verb_in_every_state(role: Role, state: str, verb: str, whose: Role) -> None:
    """The state is looked at first: whoever asks twice is told that it is done, not that they may not."""
    bulletin = draft() if state == DRAFT else published()
    before, by = bulletin.as_record(), actor("whoever", role)
    refusal = {DRAFT: None if role == whose else NotAllowed, PUBLISHED: WrongState}[state]

    def act() -> None:
        if verb == "compile":
            bulletin.compile(by, NOW, "", found(), NOW)
        else:
            bulletin.publish(by, NOW, NUMBER)

    if refusal is None:
        act()
        assert bulletin.history[-1].by == "whoever"
        return
    with pytest.raises(refusal):
        act()
    assert bulletin.as_record() == before


def test_four_eyes_also_of_a_person_with_both_roles() -> None:
    bulletin = draft()
    bulletin.compile(BOTH, NOW, "", found(), NOW)
    with pytest.raises(NotAllowed, match="compiled"):
        bulletin.publish(BOTH, NOW, NUMBER)
    bulletin.compile(CLERK, NOW, "", found(), NOW)
    with pytest.raises(NotAllowed, match="compiled"):
        bulletin.publish(BOTH, NOW, NUMBER)  # who compiled it first had a hand in it all the same
    bulletin.publish(APPROVER, NOW, NUMBER)


@pytest.mark.parametrize(
    ("cut_at", "allowed"),
    [(datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC), False), (datetime(2026, 3, 31, 16, 0, tzinfo=UTC), True)],
)
def test_figures_cut_before_the_quarter_was_over_are_not_published(cut_at: datetime, allowed: bool) -> None:
    bulletin = draft(cut_at=cut_at)
    if allowed:
        bulletin.publish(APPROVER, NOW, NUMBER)
    else:
        with pytest.raises(Invalid, match="2026-03-31"):
            bulletin.publish(APPROVER, NOW, NUMBER)


def test_publishing_tells_the_seal_and_the_data_cut() -> None:
    bulletin = published()
    (row,) = bulletin.outbox
    data = json.loads(row.wire)["data"]
    assert row.key == "bulletin.published.v1"
    assert (data["seal"], data["cut_at"], data["quarter"]) == (bulletin.seal, "2026-04-20T01:00:00Z", "2026-Q1")


def test_with_something_left_out_it_is_not_published() -> None:
    with pytest.raises(Invalid, match="could not be read") as refusal:
        draft(left_out=("sanction/s1", "record/r1")).publish(APPROVER, NOW, NUMBER)
    assert [problem.where for problem in refusal.value.problems] == ["sanction/s1", "record/r1"]


def test_without_rows_there_is_nothing_to_compile() -> None:
    with pytest.raises(Invalid, match="no body existed"):
        draft([])


@pytest.mark.parametrize(
    ("correction", "reason", "allowed"), [(False, "", 1), (False, "改", 0), (True, "", 0), (True, "改", 1)]
)
def test_a_correction_has_a_reason_and_nothing_else_has(correction: bool, reason: str, allowed: bool) -> None:
    if allowed:
        assert draft(correction=correction, reason=reason).reason == reason
    else:
        with pytest.raises(Invalid) as refusal:
            draft(correction=correction, reason=reason)
        assert [problem.where for problem in refusal.value.problems] == ["/reason"]


def test_files_are_kept_once_and_of_what_is_published_only() -> None:
    with pytest.raises(WrongState):
        draft().keep({"pdf": "sha256:1"})
    bulletin = published()
    assert bulletin.keep({"pdf": "sha256:1"})
    assert not bulletin.keep({"pdf": "sha256:2"})
    assert bulletin.kept == {"pdf": "sha256:1"}


# --- the seal ---------------------------------------------------------------------------------------------------------------


def test_the_seal_holds_after_storing_and_breaks_when_a_figure_is_changed_by_hand() -> None:
    record = published().as_record()
    Bulletin.from_record(record).must_be_intact()
    record.body["rows"][0]["figures"]["certificates"] += 1
    with pytest.raises(Unavailable, match="seal"):
        Bulletin.from_record(record).must_be_intact()


def test_figures_of_a_later_release_do_not_break_an_older_seal() -> None:
    """As if `reports_pending` and the names in English had come with the release that reads."""
    record = published().as_record()
    old = record.body["rows"]
    for row in old:
        del row["figures"]["reports_pending"]
    as_then = Bulletin.from_record(record)
    record.body["seal"] = as_then.sealed()
    Bulletin.from_record(record).must_be_intact()
    assert Bulletin.from_record(record).rows[0].figures.reports_pending == 0


@pytest.mark.parametrize(
    "field", ["copied_to", "correction", "corrects", "corrects_number", "reason", "document_number"]
)
def test_what_came_later_is_under_the_seal_where_it_says_something(field: str) -> None:
    changed = published().model_copy(update={field: 2 if field == "correction" else "改"})
    with pytest.raises(Unavailable):
        changed.must_be_intact()


@pytest.mark.parametrize("field", ["summary", "cut_at", "published_at", "quarter"])
def test_everything_on_the_paper_is_under_the_seal(field: str) -> None:
    other = {"summary": "改", "cut_at": NOW, "published_at": CUT, "quarter": "2026-Q2"}
    changed = published().model_copy(update={field: other[field]})
    with pytest.raises(Unavailable):
        changed.must_be_intact()


# --- paper ------------------------------------------------------------------------------------------------------------------


def text_of(content: bytes) -> list[str]:
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return ["".join((page.extract_text() or "").split()) for page in pages]


def paper_of(bulletin: Bulletin) -> bytes:
    """Both copies, as they are given out in one file."""
    return bulletin_pdf.joined(bulletin_pdf.draw(bulletin, "1"), bulletin_pdf.draw(bulletin, "2"))


def test_the_same_bytes_from_the_record_too() -> None:
    bulletin = published()
    again = Bulletin.from_record(bulletin.as_record())
    assert paper_of(bulletin) == paper_of(again)
    assert bulletin_xlsx.write(bulletin) == bulletin_xlsx.write(again)


def test_the_paper_in_duplicate_under_one_seal() -> None:
    bulletin = published()
    both, first, second = map(
        text_of, (paper_of(bulletin), bulletin_pdf.draw(bulletin, "1"), bulletin_pdf.draw(bulletin, "2"))
    )
    assert first[0].startswith("（一）")
    assert second[0].startswith("（二）")
    assert "机械工业职业技能鉴定质量通报（2026年第一季度）" in first[0]
    assert "数据截止北京时间2026年4月20日09:00:00" in first[0]
    assert bulletin.seal in "".join(first)
    assert bulletin.seal in "".join(second)
    assert [page for page in both if page] == [*first, *second]
    assert [page.count(f"—{n}—") for n, page in enumerate(first, 1)] == [1] * len(first)
    assert "2026年4月21日" in first[-1]
    assert all("第（二）份" in page for page in second)
    assert "85.7%" in "".join(first)


def test_the_page_is_a4_with_the_margins_of_an_official_paper() -> None:
    page = pypdf.PdfReader(BytesIO(bulletin_pdf.draw(published(), "1"))).pages[0]
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]


def test_a_hundred_and_twenty_stations_with_heads_on_every_page() -> None:
    bulletin = published(rows(120))
    pages = text_of(bulletin_pdf.draw(bulletin, "1"))
    text = "".join(pages)
    assert len(pages) > 20
    assert [n for n in range(120) if f"示例第{n}鉴定站" not in text] == []
    assert [n for n, page in enumerate(pages[:-1], 1) if "机构Body" not in page] == []


def test_nothing_to_tell_is_told() -> None:
    quiet = [Row(kind="total", body=CENTRE, path=PATH, name_zh="中心", name_en="Centre", figures=Figures())]
    text = "".join(text_of(bulletin_pdf.draw(published(quiet, summary=""), "1")))
    assert "本季度无" in text


def test_a_character_that_no_font_has_is_named() -> None:
    with pytest.raises(Invalid) as refusal:
        paper_of(published(summary="张\U0002ceaf工"))
    (problem,) = refusal.value.problems
    assert (problem.where, "U+2CEAF" in problem.what) == ("/summary", True)


def test_markup_stays_text() -> None:
    text = "".join(text_of(bulletin_pdf.draw(published(summary="#panic() *粗* $x$ \\ [a]"), "1")))
    assert "#panic()*粗*$x$\\[a]" in text


# --- number, imprint, draft, correction -------------------------------------------------------------------------------

IMPRINT = "2026年4月21日印发"


def test_an_official_paper_has_its_number_and_an_imprint_at_the_end() -> None:
    pages = text_of(bulletin_pdf.draw(published(rows(30), copied_to="部鉴定中心，行业协会"), "1"))
    assert pages[0].index("示例指导中心") < pages[0].index("机职鉴通〔2026〕3号") < pages[0].index("各分中心、鉴定站")
    assert "抄送：部鉴定中心，行业协会。" in pages[-1]
    assert f"示例指导中心{IMPRINT}" in pages[-1]
    assert all(IMPRINT not in page for page in pages[:-1])


def test_copied_to_nobody_there_is_no_such_line() -> None:
    last = text_of(bulletin_pdf.draw(published(), "1"))[-1]
    assert IMPRINT in last
    assert "抄送" not in last


def test_what_an_earlier_release_published_without_a_number_is_drawn_without() -> None:
    bulletin = published().model_copy(update={"document_number": ""})
    text = "".join(text_of(bulletin_pdf.draw(bulletin, "1")))
    assert "〔2026〕" not in text
    assert IMPRINT not in text
    assert "送审稿" not in text


def test_every_page_of_a_draft_says_that_it_is_one() -> None:
    paper = text_of(paper_of(draft(rows(30))))
    assert all("送审稿" in page and "DRAFT·notpublished" in page for page in paper if page)
    assert "发文字号于发布时编定" in paper[0]
    assert "封存摘要" not in "".join(paper)
    assert "2026年4月21日" not in "".join(paper)
    assert all("送审稿" not in page for page in text_of(paper_of(published(rows(30)))))
    assert paper_of(draft()) == paper_of(draft())


def test_every_sheet_of_a_draft_says_that_it_is_one() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(bulletin_xlsx.write(draft())))
    first = [book.get_sheet_by_name(name).to_python()[0][0] for name in book.sheet_names]
    assert all(str(cell).startswith("【送审稿 · DRAFT, not published】") for cell in first)
    head, total = book.get_sheet_by_name("鉴定与发证").to_python()[1:3]
    assert (head[1], total[1:4]) == ("机构\nBody", ["合计", "Total", 3])
    for name in CalamineWorkbook.from_filelike(BytesIO(bulletin_xlsx.write(published()))).sheet_names:
        assert "送审稿" not in name


def test_a_correction_says_what_it_corrects_and_why() -> None:
    bulletin = published(correction=True, reason="漏计一站")
    text = "".join(text_of(bulletin_pdf.draw(bulletin, "1")))
    assert "（2026年第一季度）更正（1）" in text
    assert "本通报更正此前发布的《职业技能鉴定质量通报（2026年第一季度）》（机职鉴通〔2026〕3号）" in text
    assert "更正理由：漏计一站。" in text
    book = CalamineWorkbook.from_filelike(BytesIO(bulletin_xlsx.write(bulletin)))
    cover = [cell for row in book.get_sheet_by_name("说明 About").to_python() for cell in row]
    assert "漏计一站" in cover
    assert NUMBER.text in cover


@pytest.mark.parametrize("field", ["copied_to", "reason"])
def test_a_character_of_these_that_no_font_has_is_named_too(field: str) -> None:
    said = {"reason": "更正", field: "张\U0002ceaf工"}
    with pytest.raises(Invalid) as refusal:
        paper_of(draft(correction=True, **said))
    assert {problem.where for problem in refusal.value.problems} == {f"/{field}"}


# --- workbook ---------------------------------------------------------------------------------------------------------------


def test_one_sheet_per_table_with_codes_as_text() -> None:
    bulletin = published()
    book = CalamineWorkbook.from_filelike(BytesIO(bulletin_xlsx.write(bulletin)))
    laid_out = tables(bulletin.rows)
    assert book.sheet_names == ["说明 About", *(table.name for table in laid_out)]
    cover = [cell for row in book.get_sheet_by_name("说明 About").to_python() for cell in row]
    assert {bulletin.seal, "2026-Q1", "2026-04-20 09:00:00", "一切正常。"} <= set(cover)
    head, total, branch, first, *_ = book.get_sheet_by_name("鉴定与发证").to_python()
    assert head[:2] == ["机构编码\nInstitution code", "机构\nBody"]
    assert total[1:4] == ["合计", "Total", 3]
    assert (branch[0], branch[1]) == ("49050001", "示例分中心（含所属站）")
    assert first[:2] == ["49053000", "示例第0鉴定站"]
    assert first[3:] == [1, 1, 30, 28, 24, 0.857, 24]


def test_the_workbook_takes_no_text_for_a_formula() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(bulletin_xlsx.write(published())))
    found = book.get_sheet_by_name("违规情形").to_python()
    assert found[1][3:] == ["=odd", 1]
    assert ["证书非从中心领取（编号无行业代码） foreign number", 2] in [row[3:] for row in found]


def test_paper_and_workbook_say_the_same() -> None:
    bulletin = published(rows(5))
    for table in tables(bulletin.rows):
        assert {len(line.cells) for line in table.lines} <= {len(table.heads)}
    text = "".join(text_of(bulletin_pdf.draw(bulletin, "1")))
    for table in tables(bulletin.rows):
        assert "".join(table.title_zh.split()) in text


# --- letters ----------------------------------------------------------------------------------------------------------


def letter(name: str, **values: object) -> tuple[str, str, str]:
    usual = {
        "unit_zh": "示例指导中心",
        "unit_en": "Example Centre",
        "title_zh": "职业技能鉴定质量通报",
        "site": "https://x",
    }
    about = {"to_zh": "示例站", "to_en": "Station", "quarter": "2026-Q1", "seal": "sha256:5e"}
    return LetterWriter(REGISTER.templates.values()).render(name, {**usual, **about, **values})


@pytest.mark.parametrize("part", [1, 2])
def test_the_letter_names_the_number_where_there_is_one(part: int) -> None:
    """Letters that an earlier release planned go out as they were meant."""
    assert "机职鉴通〔2026〕3号" in letter("bulletin-published", document_number=NUMBER.text)[part]
    for values in ({}, {"document_number": ""}):
        text = letter("bulletin-published", **values)[part]
        assert "《职业技能鉴定质量通报》。" in text
        assert "quality bulletin of quarter 1 of 2026." in text


@pytest.mark.parametrize("part", [1, 2])
def test_the_letter_of_a_correction_says_what_holds_and_why(part: int) -> None:
    said = {"document_number": NUMBER.text, "correction": 1, "corrects": "2026-Q1", "reason": "漏计一站 <b>"}
    subject, *texts = letter("bulletin-corrected", **said)
    assert subject.startswith("更正：2026年第1季度质量通报")
    text = texts[part - 1]
    assert all(word in text for word in ("机职鉴通〔2026〕3号", "第 1 次更正", "（编号 2026-Q1）保留原样", "漏计一站"))
    assert ("<b>" in text) is (part == 1)
