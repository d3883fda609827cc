"""年度计划 (form 1): drafted by a body, endorsed by its branch centre, approved by the Centre."""
