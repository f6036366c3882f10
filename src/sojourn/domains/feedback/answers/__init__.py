"""Answers: links that lead to a survey, what is taken through them, and the events it becomes."""
