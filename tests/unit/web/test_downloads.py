"""What a download is called: browsers take the name as it stands, so nothing in it may end the header or begin another."""

from __future__ import annotations

import pytest

from shared.web.downloads import download

HARMLESS = 'attachment; filename="{}"'
IN_PERCENT = "attachment; filename*=UTF-8''{}"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("form6-49053012-2026-001.pdf", HARMLESS.format("form6-49053012-2026-001.pdf")),
        ("检查 照片.jpg", IN_PERCENT.format("%E6%A3%80%E6%9F%A5%20%E7%85%A7%E7%89%87.jpg")),
        ('a".exe', IN_PERCENT.format("a%22.exe")),
        ("a\\b", IN_PERCENT.format("a%5Cb")),
        ("100%25", IN_PERCENT.format("100%2525")),
        ("a\r\nX: y", IN_PERCENT.format("a%0D%0AX%3A%20y")),
    ],
)
def test_a_name_stands_as_it_is_or_in_percent_signs(name: str, header: str) -> None:
    assert download(b"", "text/plain", name).headers["Content-Disposition"] == header


def test_other_headers_stand_beside_it() -> None:
    answer = download(b"x", "application/pdf", "a.pdf", {"Form6-Seal": "s"})
    assert (answer.headers["Form6-Seal"], answer.headers["Content-Type"], answer.body) == ("s", "application/pdf", b"x")
