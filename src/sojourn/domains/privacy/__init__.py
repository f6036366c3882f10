"""The one door to the stream: purposes, viewers, masks, erasure."""
