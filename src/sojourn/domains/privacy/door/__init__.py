"""The door to the stream: the masks and the SQL through which every question passes."""
