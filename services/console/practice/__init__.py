"""培训: how one gets trained, where one practises, and how one's own training stands (R2)."""
