"""鉴定计划 (form 2): one session, planned by a body, endorsed by its branch centre, approved by the Centre, then held."""
