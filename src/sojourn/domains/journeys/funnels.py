"""How exclusions of funnels are written."""

from sojourn.engine.answers.funnel_asked import exclusion_said, written_exclusion

__all__ = ["exclusion_said", "written_exclusion"]
