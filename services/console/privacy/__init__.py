"""个人信息保护说明: what is kept of whom, what for, by whom, how long, and whom to ask (个人信息保护法 §17)."""
