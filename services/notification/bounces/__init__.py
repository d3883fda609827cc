"""What mail servers report of letters that were handed over: bounces, and delivery."""
