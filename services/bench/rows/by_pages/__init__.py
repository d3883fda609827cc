"""The demo's road by pages: everybody in a browser of their own, and what it takes them."""

from services.bench.rows.by_pages.row import ROW

__all__ = ["ROW"]
