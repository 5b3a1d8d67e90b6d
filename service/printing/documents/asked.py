"""What people may ask for, in the names of `labels`, for those who do not know that room."""

from labels.documents import Order, Paper

__all__ = ["Order", "Paper"]
