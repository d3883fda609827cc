"""One row of the table → one RosterLine, or all that is wrong with it. Form 6 lists passed candidates only (R4.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import partial
from typing import Final, Literal, TypeVar, cast

from services.reporting.rosters.workbook import cells
from services.reporting.rosters.workbook.cells import Unfit
from services.reporting.rosters.workbook.findings import Findings
from services.reporting.rosters.workbook.heading import UNCOMPUTED, Heading, Table
from services.reporting.rosters.workbook.opening.sheets import Cell
from services.reporting.rosters.workbook.rules import Rules, full_years
from shared.contracts.reporting import Grade, RosterLine
from shared.contracts.words import LEVELS_WITH_REVIEW
from shared.errors import Invalid
from shared.forms.form6.layout import (
    BY_KEY,
    COLUMNS,
    EDUCATION_SPELLINGS,
    ENGLISH,
    GRADES,
    ID_TYPE_SPELLINGS,
    ID_TYPES,
    NOTHING,
    PERMANENT_RESIDENT,
    RESIDENCE_PERMIT,
    RESIDENT_ID,
    SEX_SPELLINGS,
    SEXES,
)
from shared.trade.characters import named, narrow, plain_digits
from shared.trade.numbers.certificate_number import foreign
from shared.trade.numbers.email import plausible_email
from shared.trade.numbers.resident_id import ResidentId, resident_id
from shared.trade.numbers.spelling import normalise

# Characters; a certificate and a mailing label have room for no more.
_EMPLOYER: Final = partial(cells.organisation, longest=100)
_REMARK: Final = partial(cells.remark, longest=200)

_FILLED_BY_CENTRE: Final = tuple(column.key for column in COLUMNS if column.centre)
_USUAL_ADDRESS: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9.-]*[A-Za-z0-9]")
_GRADE_SPELLINGS: Final = {chinese: grade for grade, chinese in GRADES.items()}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row: its line if all of it is right, and what must be unique even if another cell is wrong."""

    line: RosterLine | None
    ticket: str | None
    name: str | None
    document: tuple[str, str] | None
    """Type and number."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A row; its cells are named only where something is said of them. letters: of the columns, by key."""

    sheet: str
    letters: Mapping[str, str]
    row: int

    def of(self, key: str) -> str:
        return f"{self.sheet}!{self.letters[key]}{self.row}"


class LineReader:
    """Reads the rows of one sheet. A heading value that is missing was reported already; checks that need it are left
    out, all others are made."""

    def __init__(
        self,
        sheet: str,
        table: Table,
        heading: Heading,
        rules: Rules,
        findings: Findings,
        names: tuple[str, str] | None = None,
    ) -> None:
        """names: of the occupation, in Chinese and English, where they are known better than the workbook says them."""
        self.sheet = sheet
        self.table = table
        self.heading = heading
        self.rules = rules
        self.findings = findings
        self.occupation_zh, self.occupation_en = names or (heading.occupation_zh, "")
        self._columns = tuple(table.columns.items())
        self.place = Place(sheet, table.letters, 0)
        self.values: dict[str, Cell] = {}
        """What this row says, by column; blank cells are left out."""
        self.reported: set[str] = set()
        """Columns of this row that are known to be wrong: one message for one cell."""

    def read(
        self, n: int, index: int, row: Sequence[Cell], broken: Iterable[str] = (), uncomputed: Iterable[str] = ()
    ) -> Candidate:
        """n: running number in the roster; index: row from 0; broken: columns whose cell holds an Excel error; uncomputed:
        those whose cell holds a formula without a stored value."""
        self.place, self.reported = Place(self.sheet, self.table.letters, index + 1), set()
        width = len(row)
        self.values = {
            key: cell
            for key, column in self._columns
            if column < width and (cell := row[column]) != "" and not (type(cell) is str and cell.isspace())
        }
        for key in broken:
            self.wrong(key, "公式出错 · a formula with an error", "改为文字或数字 · replace it by text or a number")
        for key in uncomputed:
            self.wrong(key, *UNCOMPUTED)
        ticket = self._ticket()
        name = self._name()
        sex = self._sex()
        birth = self._birth()
        id_type = self._one_of("id_type", ID_TYPES, ID_TYPE_SPELLINGS, otherwise=RESIDENT_ID)
        id_number, person = self._id_number(id_type)
        id_type = self._residence_permit(id_type, person)
        born = self._agree(sex, birth, person)
        education = self._one_of("education", self.rules.educations, EDUCATION_SPELLINGS)
        employer = self._text("employer", _EMPLOYER, optional=True)
        theory, practical = self._score("theory"), self._score("practical")
        review = self._review()
        grade = self._grade(theory, practical, review)
        self._leave_to_centre()
        remark = self._text("remark", _REMARK, optional=True)
        email = self._email()
        document = (id_type, id_number) if id_type and id_number else None
        line = None
        heading = self.heading
        if not (
            self.reported
            or ticket is None
            or name is None
            or sex is None
            or id_type is None
            or id_number is None
            or born is None
            or education is None
            or employer is None
            or theory is None
            or practical is None
            or grade is None
            or remark is None
            or email is None
            or heading.occupation is None
            or self.occupation_zh is None
            or heading.level is None
        ):
            line = RosterLine(
                n=n,
                ticket=ticket,
                name=name,
                sex=sex,
                birth=born,
                id_type=id_type,
                id_number=id_number,
                education=education,
                employer=employer,
                occupation=heading.occupation,
                occupation_zh=self.occupation_zh,
                occupation_en=self.occupation_en,
                level=heading.level,
                theory=theory,
                practical=practical,
                review=review,
                grade=grade,
                remark=remark,
                email=email,
            )
        return Candidate(line, ticket, name, document)

    # --- places and messages -----------------------------------------------------------------------------------------

    def where(self, key: str) -> str:
        return self.place.of(key)

    def wrong(self, key: str, what: str, fix: str = "") -> None:
        """Report a cell once; a column that the sheet does not have was reported with the titles."""
        if key in self.table.columns and key not in self.reported:
            self.findings.wrong(self.where(key), what, fix)
        self.reported.add(key)

    def changed(self, key: str, what: str, read_as: str, *, confirm: bool = False) -> None:
        """confirm: a date, a name or a number is another one than was typed."""
        was = cells.text_of(self._value(key))
        self.findings.changed(self.where(key), what, read_as, was=was, confirm=confirm)

    def _value(self, key: str) -> Cell:
        return self.values.get(key, "")

    def _applies(self, key: str) -> bool:
        """Whether an optional cell says anything but `does not apply`."""
        if (value := self.values.get(key)) is None:
            return False
        return not (isinstance(value, str) and value.strip() in NOTHING)

    def _read(self, key: str, how: Callable[[Cell], T]) -> T | None:
        """The value of a cell that must be filled, or None and a report."""
        value = self.values.get(key)
        if value is None:
            self.wrong(key, f"{BY_KEY[key].title}未填 · the {ENGLISH[key]} is empty", "请填写 · please fill it in")
            return None
        try:
            return how(value)
        except Unfit as unfit:
            self.wrong(key, unfit.what, unfit.fix)
            return None

    # --- single cells ------------------------------------------------------------------------------------------------

    def _text(self, key: str, how: Callable[[Cell], str], *, optional: bool = False) -> str | None:
        value = self._value(key)
        if optional and value == "":
            return ""
        text = self._read(key, how)
        if text is not None and text != value and isinstance(value, str):
            self.changed(key, _what_of_blanks(value, text), text)
        return text

    def _name(self) -> str | None:
        read = self._read("name", cells.person_name)
        if read is None:
            return None
        value = self._value("name")
        if read.text != value:
            what = f"姓名：{read.what}" if read.what else _what_of_blanks(value, read.text)
            self.changed("name", what, read.text, confirm=read.confirm)
        return read.text

    def _ticket(self) -> str | None:
        ticket = self._read("ticket", cells.code)
        if ticket is None:
            return None
        if not self._of_one_alphabet("ticket", ticket):
            return None
        if not (2 <= len(ticket) <= 30 and ticket.isascii() and ticket.replace("-", "").isalnum()):
            self.wrong(
                "ticket",
                "准考证号只含数字、字母和连字符 · a ticket number has digits, letters and hyphens only",
                "按准考证填写，2 到 30 位 · as on the ticket of admission, 2 to 30 characters",
            )
            return None
        value = self._value("ticket")
        if isinstance(value, float):
            # What the clerk sees on the screen is what is read, unless zeros in front went missing: so it is listed.
            self.changed(
                "ticket",
                "号码以数字存放，前面的 0 可能已丢失 · stored as a figure: zeros in front may be lost",
                ticket,
                confirm=True,
            )
        elif ticket != value:
            self._number_changed("ticket", ticket)
        return ticket

    def _of_one_alphabet(self, key: str, number: str) -> bool:
        try:
            cells.must_be_of_one_alphabet(number)
        except Unfit as unfit:
            self.wrong(key, unfit.what, unfit.fix)
            return False
        return True

    def _number_changed(self, key: str, number: str) -> None:
        confirm = cells.another_code(self._value(key), number)
        self.changed(key, "号码写法已统一 · spelling of a number unified", number, confirm=confirm)

    def _sex(self) -> Literal["男", "女"] | None:
        return cast('Literal["男", "女"] | None', self._one_of("sex", SEXES, SEX_SPELLINGS))

    def _one_of(
        self, key: str, known: Sequence[str], spellings: Mapping[str, str], *, otherwise: str | None = None
    ) -> str | None:
        value = self._value(key)
        if value == "" and otherwise is not None:
            return otherwise
        if value in known:
            return cast(str, value)
        typed = self._read(key, lambda cell: normalise(cells.text_of(cell)))
        if typed is None:
            return None
        meant = typed if typed in known else spellings.get(typed)
        if meant is None or meant not in known:
            near = get_close_matches(typed[:40], known, n=1, cutoff=0.5)
            self.wrong(
                key,
                f"不认识的{BY_KEY[key].title} · unknown {ENGLISH[key]}",
                f"是否应为“{near[0]}”？ · did you mean {near[0]}?"
                if near
                else f"可填 {'、'.join(known)} · one of these",
            )
            return None
        self.changed(key, "写法已统一 · spelling unified", meant)
        return meant

    def _birth(self) -> cells.Day | None:
        birth = self._read("birth", cells.day)
        if birth is not None and birth.day is not None and not birth.plain:
            self.changed("birth", "日期写法已统一 · spelling of a date unified", str(birth), confirm=birth.confirm)
        return birth

    def _id_number(self, id_type: str | None) -> tuple[str | None, ResidentId | None]:
        value = self._value("id_number")
        resident = id_type in (RESIDENT_ID, RESIDENCE_PERMIT, None)
        number = self._read("id_number", cells.code if resident else cells.document_number)
        if number is None or id_type is None:
            return None, None
        if not resident:
            if _is_resident_id(number, id_type):
                # Under another kind of document somebody would be of any age, and never certified before.
                self.wrong(
                    "id_number",
                    f"这是居民身份证号，不是{id_type}号码 · this is the number of a resident ID, not of that document",
                    f"证件类型填 {RESIDENT_ID}，或填 {id_type} 的号码 · state the resident ID as the kind of document, or give "
                    "the number of that document",
                )
                return None, None
            if number != value:
                self._number_changed("id_number", number)
            return number, None
        if not self._of_one_alphabet("id_number", number):
            return None, None
        try:
            person = resident_id(number, known_area=self.rules.known_area)
        except Invalid as error:
            self.wrong("id_number", str(error), "请对照身份证核对 · compare with the ID card")
            return None, None
        if id_type == RESIDENCE_PERMIT and not (person.of_residence_permit and len(number) == 18):
            self.wrong(
                "id_number",
                f"这是居民身份证号，不是{RESIDENCE_PERMIT}的号码；后者共 18 位，以 810000、820000 或 830000 开头 · the number of "
                "a resident ID, not of a residence permit, which has 18 characters and begins with 810000, 820000 or 830000",
                f"请核对；如为居民身份证，证件类型填 {RESIDENT_ID} · compare; for a resident ID, state {RESIDENT_ID} as the kind "
                "of document",
            )
            return None, None
        if person.century_uncertain:
            # Those serials were kept for people over a hundred, so 19xx would be a guess.
            self.wrong(
                "id_number",
                "15 位身份证号无法确定世纪 · the century of this 15-digit ID is uncertain",
                "请填 18 位号码 · give the 18-character number",
            )
            return None, None
        if len(number) == 15:
            self.changed(
                "id_number", "15 位身份证号升为 18 位 · 15-digit ID extended to 18", person.number, confirm=True
            )
        elif person.number != value:
            self._number_changed("id_number", person.number)
        return person.number, person

    def _residence_permit(self, id_type: str | None, person: ResidentId | None) -> str | None:
        """Residents of Hong Kong, Macao and Taiwan have a permit with a number of the same make; no resident ID begins so."""
        if id_type != RESIDENT_ID or person is None or not person.of_residence_permit:
            return id_type
        key = "id_type" if "id_type" in self.table.columns else "id_number"
        self.changed(
            key,
            f"号码是{RESIDENCE_PERMIT}的号码，证件类型已更正 · the number is that of a residence permit, so the kind of document "
            "was put right",
            RESIDENCE_PERMIT,
            confirm=True,
        )
        return RESIDENCE_PERMIT

    def _score(self, key: str) -> float | None:
        points = self._read(key, cells.score)
        if points is None:
            return None
        if points < self.rules.pass_mark:
            self.wrong(
                key,
                f"未达到 {self.rules.pass_mark:g} 分，名册只列合格人员 · "
                f"below {self.rules.pass_mark:g}: the roster lists passed candidates only",
                "请核对成绩或删除该行 · check the score or delete the row",
            )
            return None
        if isinstance(value := self._value(key), str) and value != f"{points:g}":
            confirm = not value.isascii() and plain_digits(narrow(value)) != narrow(value)
            self.changed(key, "成绩写法已统一 · spelling of a score unified", f"{points:g}", confirm=confirm)
        return points

    def _email(self) -> str | None:
        value = self._value("email")
        if not self._applies("email"):
            return ""
        if isinstance(value, str) and _USUAL_ADDRESS.fullmatch(value) and plausible_email(value):
            return value  # nothing about it would be put right
        typed = self._read("email", lambda cell: "".join(cells.tidy(cell, 254).split()))
        if typed is None:
            return None
        address = bare_address(typed)
        if (strange := next((char for char in address if not char.isascii()), None)) is not None:
            chinese, english = named(strange)
            self.wrong(
                "email",
                f"邮箱中有 {chinese} · the address has the character {english}",
                "改用键盘上的字母重新录入，形如 name@example.cn · type it again, such as name@example.cn",
            )
            return None
        if not plausible_email(address):
            self.wrong(
                "email",
                "不像电子邮箱 · this does not look like an e-mail address",
                "形如 name@example.cn · such as name@example.cn",
            )
            return None
        if address != value:
            self.changed("email", "邮箱写法已统一 · spelling of an address unified", address)
        return address

    # --- several cells -----------------------------------------------------------------------------------------------

    def _agree(self, sex: str | None, birth: cells.Day | None, person: ResidentId | None) -> date | None:
        """Birth date of the candidate, after comparing it and the sex with the resident ID, and the age at the exam."""
        born = birth.as_date if birth else None
        if birth is not None and person is not None:
            months = (birth.year, birth.month) == (person.birth.year, person.birth.month)
            if not months or (born is not None and born != person.birth):
                self.wrong(
                    "birth", "出生日期与身份证号不一致 · birth date differs from the resident ID", "请核对 · compare"
                )
                return None
            if born is None:
                born = person.birth
                self.changed("birth", "按身份证号补全日 · the day taken from the resident ID", born.isoformat())
        elif birth is not None and born is None:
            if "id_number" not in self.reported:
                self.wrong(
                    "birth", "出生日期缺少日 · the day of birth is missing", "写作 1990-03-01 · write 1990-03-01"
                )
            return None
        if person is not None and sex is not None and sex != person.sex:
            self.wrong("sex", "性别与身份证号不一致 · sex differs from the resident ID", "请核对 · compare")
        held_on = self.heading.held_on
        if born is not None and held_on is not None and full_years(born, held_on) < self.rules.youngest:
            self.wrong(
                "birth",
                f"鉴定之日未满 {self.rules.youngest} 周岁 · younger than {self.rules.youngest} on the day of the exam",
                "请核对出生日期和鉴定日期 · check the birth date and the day of the exam",
            )
            return None
        return born

    def _leave_to_centre(self) -> None:
        for key in _FILLED_BY_CENTRE:
            if self._applies(key):
                if key == "certificate":
                    self._look_at_number()
                self.wrong(key, "此列由中心填写 · this column is filled by the Centre", "请留空 · leave it empty")

    def _look_at_number(self) -> None:
        """Whoever writes a number into the Centre's column has it from somewhere: if not from the Centre, it is found."""
        number = normalise(cells.text_of(self._value("certificate"))[:60])
        if foreign(number, industry=self.rules.industry) is not None:
            self.findings.foreign[number] = None

    def _review(self) -> float | None:
        """综合评审: a score at levels 2 and 1, nothing below (rules §2.3)."""
        level = self.heading.level
        if level is None:
            return None
        if level in LEVELS_WITH_REVIEW:
            return self._score("review")
        if self._applies("review"):
            self.wrong(
                "review",
                "只有技师和高级技师有综合评审 · only levels 2 and 1 have a comprehensive review",
                "请留空 · leave it empty",
            )
        return None

    def _grade(self, theory: float | None, practical: float | None, review: float | None) -> Grade | None:
        given = self._value("grade")
        stated = None if given == "" else _GRADE_SPELLINGS.get(normalise(cells.text_of(given)))
        if theory is None or practical is None or self.heading.level is None or "review" in self.reported:
            if given != "" and stated is None:
                self.wrong("grade", "不认识的评定成绩 · unknown grade", "合格、良好或优秀 · one of these")
            return None
        grade = self.rules.grade([part for part in (theory, practical, review) if part is not None])
        if given == "":
            return grade
        if stated != grade:
            self.wrong(
                "grade",
                "评定成绩与各项成绩不符 · the grade does not follow from the scores",
                f"应为“{GRADES[grade]}” · it should be {GRADES[grade]}",
            )
        return grade


def bare_address(typed: str) -> str:
    """An address with full-width characters as ASCII, in their own case, and without what programs and clerks put round it:
    `mailto:`, angle brackets, the comma or semicolon of a list."""
    address = narrow(typed).strip(" ;,，。、'\"`‘’“”").strip("<>")
    return address[7:] if address[:7].lower() == "mailto:" else address


def _what_of_blanks(value: Cell, text: str) -> str:
    """How a text was spelt otherwise: by blanks alone, or by more."""
    if isinstance(value, str) and "".join(value.split()) == "".join(text.split()):
        return "去掉多余空白 · stray blanks removed"
    return "写法已统一 · spelling unified"


def _is_resident_id(number: str, id_type: str) -> bool:
    """Whether a number under another kind of document is that of a resident ID. Permanent residents have numbers of the same
    make, which begin with 9."""
    if len(number) != 18 or (id_type == PERMANENT_RESIDENT and number.startswith("9")):
        return False
    try:
        resident_id(number)
    except Invalid:
        return False
    return True
