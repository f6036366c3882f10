"""Sources with write keys, the tracking plan, channels and touchpoints."""
