"""What the edge of a process refuses in an application's stead: programs are told problem details, people a page. It needs
nothing of the console, which may be what does not answer."""

from __future__ import annotations

import json
import pathlib

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from shared.web.edge.headers import NOT_KEPT

_pages = Environment(loader=FileSystemLoader(pathlib.Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
_OF_THE_CONTENT = ("content-type", "content-length")


def as_asked(request: Request, problem: Response) -> Response:
    """The problem itself, or a page that says the same."""
    if "text/html" not in request.headers.get("accept", ""):
        return problem
    said = json.loads(bytes(problem.body))
    page = _pages.get_template("refused.html").render(title=said["title"], detail=said["detail"])
    kept = {name: text for name, text in problem.headers.items() if name not in _OF_THE_CONTENT}
    return HTMLResponse(page, problem.status_code, {**kept, **NOT_KEPT})
