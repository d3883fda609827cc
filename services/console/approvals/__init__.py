"""批量审批: everything that lies on this desk, what is unusual first, one after the other."""
