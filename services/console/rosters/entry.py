"""Pages of rosters."""

from __future__ import annotations

from typing import Final

from services.console.entry import Entry, Page

_ROSTERS: Final = "/reporting/rosters"
_REVIEWS: Final = f"{_ROSTERS}/{{id}}/technician-reviews"
_FORM6: Final = "/certificate/productions/{roster}/form6"

ROSTERS: Final = Entry(
    "rosters",
    ("名册", "Rosters"),
    (
        Page("GET /rosters", f"GET {_ROSTERS}"),
        Page("GET /rosters.xlsx", f"GET {_ROSTERS}", linked_at="/rosters"),
        Page("GET /rosters/new", f"POST {_ROSTERS}"),
        Page("POST /rosters/new", f"POST {_ROSTERS}"),
        Page("GET /rosters/{id}", f"GET {_ROSTERS}/{{id}}"),
        Page("GET /rosters/{id}/edit", f"PUT {_ROSTERS}/{{id}}"),
        Page("POST /rosters/{id}/edit", f"PUT {_ROSTERS}/{{id}}"),
        Page("GET /rosters/{id}/template.xlsx", f"GET {_ROSTERS}/{{id}}/template.xlsx", linked_at="/rosters/{id}"),
        Page("GET /rosters/{id}/workbook", f"PUT {_ROSTERS}/{{id}}/workbook", "roster_workbooks"),
        Page("POST /rosters/{id}/workbook", f"PUT {_ROSTERS}/{{id}}/workbook", "roster_workbooks"),
        Page("POST /rosters/{id}/workbook/check", f"POST {_ROSTERS}/{{id}}/workbook/check", "roster_workbooks"),
        Page("POST /rosters/{id}/workbook/marked", f"POST {_ROSTERS}/{{id}}/workbook/marked", "roster_workbooks"),
        Page("GET /rosters/{id}/lines", f"GET {_ROSTERS}/{{id}}/pages/{{page}}"),
        Page("GET /rosters/{id}/technician-reviews", f"GET {_REVIEWS}", "technician_reviews"),
        Page("GET /rosters/{id}/new-technician-reviews", f"POST {_REVIEWS}", "technician_reviews"),
        Page("POST /rosters/{id}/new-technician-reviews", f"POST {_REVIEWS}", "technician_reviews"),
        Page("GET /rosters/{id}/technician-reviews/{ticket}", f"GET {_REVIEWS}/{{ticket}}", "technician_reviews"),
        Page("POST /rosters/{id}/technician-reviews/{ticket}", f"PUT {_REVIEWS}/{{ticket}}", "technician_reviews"),
        Page("GET /rosters/{id}/form6.xlsx", f"GET {_FORM6}.xlsx", linked_at="/rosters/{id}"),
        Page("GET /rosters/{id}/form6.pdf", f"GET {_FORM6}.pdf", linked_at="/rosters/{id}"),
        Page("POST /rosters/{id}/{verb}", f"GET {_ROSTERS}/{{id}}"),
    ),
)
