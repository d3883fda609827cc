"""制作与寄发: certificates of an approved roster are numbered, drawn, printed, posted and received (R4.2)."""
