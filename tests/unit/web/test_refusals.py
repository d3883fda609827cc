"""What is refused before an endpoint sees it is said in Chinese first, names the field, and says what to do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import httpx
import pytest
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.words import InstitutionCode
from shared.web.app import not_found_app
from shared.web.preconditions import ExpectedVersion
from shared.web.uploads import must_be_the_file

CHINESE = re.compile("[\u4e00-\u9fff]")


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")
    level: int = Field(ge=1, le=5, description="级别，1 至 5 · level")


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: Annotated[InstitutionCode, Field(description="机构编码 · institution code")]
    items: list[Item] = Field([], max_length=2, description="各工种 · the occupations")
    notes: dict[str, Annotated[str, Field(max_length=3)]] = Field({}, description="备注：按规定 · notes by rule")
    reason: str = Field("", max_length=3, description="理由 · why")
    papers: Literal["filed", "own"] = Field("own", description="试卷来源：`filed` 备案题库、`own` 自编 · papers")
    sets: list[Literal["a", "b"]] = Field([], description="套别：`a` 甲套、`b` 乙套 · sets")
    late: bool | None = Field(None, description="是否逾期 · whether it is late")


@pytest.fixture
async def visitor() -> AsyncIterator[httpx.AsyncClient]:
    app, routes = not_found_app(), APIRouter(prefix="/forms")

    @routes.post("")
    async def take(form: Form) -> None: ...

    @routes.get("")
    async def listed(limit: Annotated[int, Query(ge=1, description="每页最多几项 · how many")] = 1) -> None: ...

    @routes.put("/{id}")
    async def put(id: str, version: ExpectedVersion) -> None: ...

    @routes.put("/{id}/file")
    async def file(id: str, request: Request) -> None:
        must_be_the_file(request)

    app.include_router(routes)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as client:
        yield client


FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"code": "1"}, "机构编码：格式不符：应为 8 位机构编码（第五位为 0 至 4），如 49053012 · "),
    ({}, "机构编码：缺少此项 · "),
    ({"code": "49053012", "reason": "太长了吧"}, "理由：至多 3 个字符 · "),
    ({"code": "49053012", "items": [{"level": 5}, {"level": 9}]}, "各工种第 2 项的级别：不得大于 5 · "),
    ({"code": "49053012", "items": [{"level": 1}] * 3}, "各工种：至多 2 项 · "),
    ({"code": "49053012", "items": [{"level": 1, "x": 1}]}, "各工种第 1 项：没有这个字段 · "),
    ({"code": "49053012", "notes": {"a": "abcd"}}, "备注：至多 3 个字符 · "),
    ({"code": "49053012", "late": "x"}, "是否逾期：应为 `true`（是）或 `false`（否） · "),
    ({"code": "49053012", "papers": "x"}, "试卷来源：可填 `filed`（备案题库）、`own`（自编） · "),
    ({"code": "49053012", "sets": ["a", "x"]}, "套别第 2 项：可填 `a`（甲套）、`b`（乙套） · "),
    ({"code": "49053012", "x": 1}, "没有这个字段 · "),
]


@pytest.mark.parametrize(("content", "said"), FIELDS)
async def test_a_field_goes_by_its_name(visitor: httpx.AsyncClient, content: dict[str, Any], said: str) -> None:
    answer = await visitor.post("/forms", json=content)
    (row,) = answer.json()["errors"]
    assert answer.status_code == 422
    assert row["what"].startswith(said)


async def test_so_does_a_parameter(visitor: httpx.AsyncClient) -> None:
    (row,) = (await visitor.get("/forms?limit=0")).json()["errors"]
    assert (row["where"], row["what"].partition(" · ")[0]) == ("query limit", "每页最多几项：不得小于 1")


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        (("GET", "/nowhere", {}), 404, "没有这个地址，有哪些见 /directory/docs"),
        (("DELETE", "/forms", {}), 405, "此地址不支持 DELETE，可用 GET、POST"),
        (("GET", "/forms/7", {}), 405, "此地址不支持 GET，可用 PUT"),
        (("PUT", "/forms/7", {}), 428, "请先读取（GET）该文档"),
        (("PUT", "/forms/7", {"headers": {"If-Match": "3"}}), 400, "If-Match 不是本系统的 ETag"),
        (("PUT", "/forms/7/file", {"files": {"file": b"x"}}), 422, "请直接发送文件本身，不要放在表单"),
    ],
)
async def test_an_address_a_method_a_precondition(
    visitor: httpx.AsyncClient, asked: tuple[str, str, dict[str, Any]], status: int, said: str
) -> None:
    method, path, more = asked
    answer = await visitor.request(method, path, **more)
    assert (answer.status_code, answer.json()["detail"].startswith(said)) == (status, True), answer.json()
    if status == 405:
        assert answer.headers["Allow"] == said.partition("可用 ")[2].replace("、", ", ")


@pytest.mark.parametrize(
    ("content", "kind", "status", "said"),
    [
        (b"", "application/json", 422, "缺少请求内容，应为 JSON"),
        (b"{}", "text/plain", 422, "请求内容应为一个 JSON 对象，并带上 Content-Type: application/json"),
        (b"[]", "application/json", 422, "请求内容应为一个 JSON 对象"),
        (b'{"code": 1,}', "application/json", 400, "第 12 个字符处不合 JSON 格式"),
        (b"\xff{}", "application/json", 400, "请求内容无法读取：应为 UTF-8 编码的 JSON"),
    ],
)
async def test_a_content_that_is_no_json(
    visitor: httpx.AsyncClient, content: bytes, kind: str, status: int, said: str
) -> None:
    answer = await visitor.post("/forms", content=content, headers={"Content-Type": kind})
    problem = answer.json()
    sentences = [problem["detail"], *(row["what"] for row in problem.get("errors", []))]
    assert all(row["where"] == "character 12" for row in problem.get("errors", []) if "JSON 格式" in row["what"])
    assert answer.status_code == status
    assert any(sentence.startswith(said) for sentence in sentences), sentences
    assert all(CHINESE.search(sentence.partition(" · ")[0]) for sentence in sentences)
