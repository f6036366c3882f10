"""Funnels: in order, strict, in any order; by customer or by entry."""
