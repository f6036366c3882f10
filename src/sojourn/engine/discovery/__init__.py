"""Models mined from ways through: process trees, and their export as BPMN."""
