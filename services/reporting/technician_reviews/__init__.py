"""The technician review (R4.2): what the Centre records of the approval form on paper, candidate by candidate."""
