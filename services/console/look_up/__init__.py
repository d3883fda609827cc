"""证书查询: anybody who has a certificate in front of them asks whether it is real, by its number and the name on it."""
