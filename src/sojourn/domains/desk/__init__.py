"""The desk: customer cases, who answers for them, and until when."""
