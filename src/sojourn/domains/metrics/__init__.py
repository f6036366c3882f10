"""The KPI catalogue and its figures."""
