"""Numbers people type: check digits, the reason a number is refused, and what is only worth a warning."""

from __future__ import annotations

import socket
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid, Refused
from shared.trade.numbers.certificate_number import PRACTICE_NUMBER, CertificateNumber, compose, groups
from shared.trade.numbers.email import plausible_email
from shared.trade.numbers.institution import institution_code
from shared.trade.numbers.organisation import credit_code_warning, organisation_code_warning
from shared.trade.numbers.resident_id import resident_id, resident_id_check
from shared.trade.numbers.spelling import normalise


def the_problems(number: str, industry: str = "49") -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        CertificateNumber.parse(number, industry=industry)
    return [(problem.where, problem.what) for problem in caught.value.problems]


# --- spelling -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("０４４９", "0449"),
        ("11010519491231002x", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２ｘ", "11010519491231002X"),
        (" 0449\u3000003012\u00a0400037\t", "0449003012400037"),
        ("6—04–01−01", "6-04-01-01"),
        ("\u200b04\ufeff49", "0449"),
    ],
)
def test_codes_are_read_however_they_are_typed(typed: str, read: str) -> None:
    assert normalise(typed) == read
    assert normalise(read) == read


# --- resident ID ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "birth", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), "女"),
        ("440524188001010014", date(1880, 1, 1), "男"),
        ("999999197001010017", date(1970, 1, 1), "男"),
        ("999999197001010025", date(1970, 1, 1), "女"),
        ("34052419800101001X", date(1980, 1, 1), "男"),
    ],
)
def test_a_resident_id_tells_birth_and_sex(number: str, birth: date, sex: str) -> None:
    found = resident_id(number)
    assert (found.number, found.birth, found.sex, found.entered) == (number, birth, sex, number)


def test_fifteen_digits_become_eighteen_and_what_was_typed_is_kept() -> None:
    found = resident_id("340524 800101 001")
    assert found.number == "34052419800101001X"
    assert found.birth == date(1980, 1, 1)
    assert found.entered == "340524 800101 001"
    assert not found.century_uncertain


def test_the_serials_of_centenarians_are_flagged() -> None:
    assert resident_id("999999000101996").century_uncertain


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("110105194912310021", "身份证号校验位不符 · check digit does not match"),
        ("11010519491231002", "身份证号应为 18 位或 15 位，现为 17 位 · a resident ID has 18 or 15 characters, not 17"),
        ("", "身份证号应为 18 位或 15 位，现为 0 位 · a resident ID has 18 or 15 characters, not 0"),
        (
            "1101051949123100X2",
            "身份证号只能是数字，末位可为 X · a resident ID has digits only, and maybe X at the end",
        ),
        ("34052480010100X", "身份证号只能是数字，末位可为 X · a resident ID has digits only, and maybe X at the end"),
        (
            "99999919700230001" + resident_id_check("99999919700230001"),
            "身份证号中的出生日期不存在 · the birth date inside the resident ID does not exist",
        ),
        ("999999991301001", "身份证号中的出生日期不存在 · the birth date inside the resident ID does not exist"),
        ("٣٤٠٥٢٤٨٠٠١٠١٠٠١", "身份证号只能是数字，末位可为 X · a resident ID has digits only, and maybe X at the end"),
    ],
)
def test_a_wrong_resident_id_is_explained_in_one_sentence(number: str, sentence: str) -> None:
    with pytest.raises(Invalid) as caught:
        resident_id(number)
    assert str(caught.value) == sentence


def test_the_area_is_checked_only_when_asked_for() -> None:
    resident_id("11010519491231002X", known_area=True)
    with pytest.raises(Invalid, match="省级代码"):
        resident_id("999999197001010017", known_area=True)


@given(st.dates(date(1900, 1, 1), date(2009, 12, 31)), st.integers(1, 999), st.integers(0, 16))
def test_one_wrong_digit_never_passes(birth: date, serial: int, place: int) -> None:
    first17 = f"999999{birth:%Y%m%d}{serial:03d}"
    number = first17 + resident_id_check(first17)
    assert resident_id(number).birth == birth
    other = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    with pytest.raises(Invalid):
        resident_id(other)


# --- institution and certificate numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["49053012", "49000001", " ４９053012 "])
def test_institution_codes_of_the_industry(code: str) -> None:
    assert institution_code(code) in ("49053012", "49000001")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("4905301", "8 位数字"),
        ("4905301X", "8 位数字"),
        ("72003018", "前两位应为 49"),
        ("49052012", "第 5 位应为 3"),
        ("49053000", "从 001 开始"),
    ],
)
def test_other_institution_codes_are_refused(code: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        institution_code(code)
    assert institution_code("72003018", industry="72") == "72003018"


@pytest.mark.parametrize(
    ("number", "institution", "level", "sequence"),
    [
        ("0449003012400037", "49003012", 4, 37),
        ("0449003007200005", "49003007", 2, 5),
        ("0449053012300001", "49053012", 3, 1),
        ("0549003012400001", "49003012", 4, 1),
        ("0449000001100001", "49000001", 1, 1),
    ],
)
def test_a_certificate_number_in_its_parts(number: str, institution: str, level: int, sequence: int) -> None:
    parsed = CertificateNumber.parse(number)
    assert (parsed.institution, parsed.level, parsed.sequence) == (institution, level, sequence)
    assert str(parsed) == number
    assert compose(2000 + int(parsed.year2), institution, level, sequence) == number


def test_all_parts_by_name() -> None:
    parsed = CertificateNumber.parse(" ０４49 0530 1230 0001")
    assert (parsed.year2, parsed.industry, parsed.subcentre, parsed.type, parsed.serial) == (
        "04",
        "49",
        "05",
        "3",
        "012",
    )


def test_the_groups_of_a_number_are_what_it_is_read_as() -> None:
    found = groups("2649053012400001")
    assert [(group.first, group.digits, group.zh) for group in found] == [
        (1, "26", "年份"),
        (3, "49", "行业代码"),
        (5, "05", "二级中心"),
        (7, "3", "机构类别"),
        (8, "012", "机构序号"),
        (11, "4", "等级"),
        (12, "00001", "顺序号"),
    ]
    parsed = CertificateNumber.parse("2649053012400001")
    fields = (parsed.year2, parsed.industry, parsed.subcentre, parsed.type, parsed.serial, str(parsed.level))
    assert tuple(group.digits for group in found) == (*fields, f"{parsed.sequence:05d}")


@pytest.mark.parametrize(
    ("number", "problems"),
    [
        (
            "0472003018599999",
            [
                (
                    "第 3-4 位 行业代码 · digits 3-4 industry",
                    "72 不是 49：由其他行业核发，上网核对不符，视为无效 · "
                    "72, not 49: issued by another industry, does not match on line and counts as invalid",
                )
            ],
        ),
        (
            "0410012003400005",
            [
                (
                    "第 3-4 位 行业代码 · digits 3-4 industry",
                    "10 不是 49：由地方鉴定机构核发，上网核对不符，视为无效 · "
                    "10, not 49: issued by a local body, does not match on line and counts as invalid",
                )
            ],
        ),
        (
            "0449003012600001",
            [("第 11 位 等级 · digit 11 level", "没有等级 6 · there is no level 6")],
        ),
        (
            "0449009012400001",
            [
                (
                    "第 7 位 机构类别 · digit 7 institution type",
                    "9 不是行业特有工种鉴定站 · 9 is not an industry-specific station",
                )
            ],
        ),
        (
            "0449002012400001",
            [
                (
                    "第 7 位 机构类别 · digit 7 institution type",
                    "2 不是行业特有工种鉴定站 · 2 is not an industry-specific station",
                )
            ],
        ),
        (
            "0449003012400000",
            [("第 12-16 位 顺序号 · digits 12-16 sequence", "没有顺序号 00000 · there is no sequence 00000")],
        ),
        (
            "449003012400037",
            [
                (
                    "全部 · whole number",
                    "应为 16 位，现为 15 位 · 16 digits are needed, there are 15",
                )
            ],
        ),
        (
            "O449003O12400037",
            [("第 1 位 · digit 1", "不是数字 · not a digit"), ("第 8 位 · digit 8", "不是数字 · not a digit")],
        ),
        (
            "0472009000600000",
            [
                (
                    "第 3-4 位 行业代码 · digits 3-4 industry",
                    "72 不是 49：由地方机构或其他行业核发，上网核对不符，视为无效 · "
                    "72, not 49: issued by a local body or another industry, "
                    "does not match on line and counts as invalid",
                ),
                (
                    "第 7 位 机构类别 · digit 7 institution type",
                    "9 不是行业特有工种鉴定站 · 9 is not an industry-specific station",
                ),
                ("第 8-10 位 机构序号 · digits 8-10 institution serial", "没有序号 000 · there is no serial 000"),
                ("第 11 位 等级 · digit 11 level", "没有等级 6 · there is no level 6"),
                ("第 12-16 位 顺序号 · digits 12-16 sequence", "没有顺序号 00000 · there is no sequence 00000"),
            ],
        ),
    ],
)
def test_a_wrong_number_explains_itself_digit_by_digit(number: str, problems: list[tuple[str, str]]) -> None:
    assert the_problems(number) == problems


@pytest.mark.parametrize("industry", ["49", "72", "99"])
@pytest.mark.parametrize("number", ["2699053012400001", "26 9905 3012 4000 01", "2699053912900000"])
def test_a_training_number_is_no_certificate_and_no_foreign_one(number: str, industry: str) -> None:
    """Nobody issued it: no digit of it is worth a word, and nothing is said of a local body."""
    with pytest.raises(Invalid) as refused:
        CertificateNumber.parse(number, industry=industry)
    assert str(refused.value) == PRACTICE_NUMBER
    assert [(one.where, one.what) for one in refused.value.problems] == [
        ("第 3-4 位 行业代码 · digits 3-4 industry", PRACTICE_NUMBER)
    ]


def test_another_industry_reads_its_own_numbers() -> None:
    assert CertificateNumber.parse("0472003018599999", industry="72").sequence == 99_999
    assert the_problems("0449003012400037", industry="72")[0][0].startswith("第 3-4 位")


def test_the_sequence_never_wraps_round() -> None:
    assert compose(2026, "49053012", 5, 99_999) == "2649053012599999"
    for sequence in (100_000, 0, -1):
        with pytest.raises(Refused) as caught:
            compose(2026, "49053012", 5, sequence)
        assert not isinstance(caught.value, Invalid)


@pytest.mark.parametrize(
    ("year", "institution", "level"), [(26, "49053012", 5), (2026, "4905301", 5), (2026, "49053012", 6)]
)
def test_nothing_is_composed_from_impossible_parts(year: int, institution: str, level: int) -> None:
    with pytest.raises(Invalid):
        compose(year, institution, level, 1)


@given(st.integers(2000, 2099), st.integers(0, 99), st.integers(1, 999), st.integers(1, 5), st.integers(1, 99_999))
def test_what_is_composed_is_read_back(year: int, subcentre: int, serial: int, level: int, sequence: int) -> None:
    institution = f"49{subcentre:02d}3{serial:03d}"
    parsed = CertificateNumber.parse(compose(year, institution, level, sequence))
    assert (parsed.year2, parsed.institution, parsed.level, parsed.sequence) == (
        f"{year % 100:02d}",
        institution,
        level,
        sequence,
    )


# --- organisations and addresses: warnings ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91512081MA62K0260E", " 91350100m000100y43 "])
def test_good_credit_codes_raise_no_doubt(code: str) -> None:
    assert credit_code_warning(code) is None


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("91350100M000100Y4Z", "不含"),
        ("91350100M000100Y44", "校验位不符"),
        ("91350100M000100Y4", "18 位"),
    ],
)
def test_doubtful_credit_codes_are_warned_of(code: str, part: str) -> None:
    assert part in (credit_code_warning(code) or "")


def test_organisation_codes() -> None:
    assert organisation_code_warning("D2143569-X") is None
    assert organisation_code_warning("D2143569X") is None
    assert "校验位不符" in (organisation_code_warning("D2143569-1") or "")
    assert "8 位" in (organisation_code_warning("D214356-X") or "")


@pytest.mark.parametrize(
    "address",
    [
        "a@b.cn",
        "zhang.san+x@mail.example.com",
        "1234567@qq.com",
        "o'neil@example.co.uk",
        "A@B.CN",
        "!#$%&'*+/=?^_`{|}~-@b.cn",
        "x" * 64 + "@b.cn",
        "a@" + "x" * 63 + ".cn",
        "a@xn--fiqs8s.cn",
        # Reserved names: those of examples and demonstrations, and those of an office's own network.
        "a@example.org",
        "a@station.example",
        "a@mail.local",
        "a@b.test",
        # The library lets these pass; our own pattern did not.
        "a@b.c",
        "a@b.1c",
    ],
)
def test_plausible_addresses(address: str) -> None:
    assert plausible_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@b",
        "a@@b.cn",
        "a b@c.cn",
        ".a@b.cn",
        "a.@b.cn",
        "a@-b.cn",
        "a@b..cn",
        "张@b.cn",
        "a@b.cn\n",
        "x" * 65 + "@b.cn",
        "a@" + "x" * 64 + ".cn",
        "a@" + ".".join(["x" * 60] * 4) + ".example.cn",
        "a@b_c.cn",
        "a@b.12",
        "a@test",
        "a@localhost",
        "a@[127.0.0.1]",
        "a@b.cn.",
        "a@b。cn",
        "a@例子.cn",
        "ａ@b.cn",
        "a＠b.cn",
        '"a b"@c.cn',
        "张三 <a@b.cn>",
        "A <a@b.cn>",
        "<a@b.cn>",
        "a@b.cn, c@d.cn",
        # Our own pattern let these pass; the library does not: no such name can be registered, or decoded.
        "a@ab--cd.cn",
        "a@xn--a.cn",
        "a@b.c1",
    ],
)
def test_addresses_that_reach_nobody(address: str) -> None:
    assert not plausible_email(address)


def test_an_address_is_judged_without_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", asked)
    monkeypatch.setattr(socket, "getaddrinfo", asked)
    assert plausible_email("a@nobody-has-registered-this.cn")


def test_a_whole_page_is_no_address_and_costs_no_time() -> None:
    assert not plausible_email("a" * 1_000_000 + "@b.cn")
