"""The filled form 6 (合格人员名册): what the Centre gives back of an approved roster, with numbers, serials and dates of issue,
as an official paper in duplicate (R5) and as a workbook. docs/decisions/0041."""
