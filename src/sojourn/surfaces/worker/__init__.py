"""The work process: loader, tail, timeline, compaction and background jobs."""
