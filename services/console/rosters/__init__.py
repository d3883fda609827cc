"""名册 (form 6): opened by a station for an approved session, filled from a workbook, approved by the Centre."""
