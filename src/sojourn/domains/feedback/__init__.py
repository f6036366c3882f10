"""Feedback: surveys, who is asked, what they answer, and what customers say in words."""
