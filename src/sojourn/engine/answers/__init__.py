"""Questions about journeys, answered through a door: a server's, which knows viewers and purposes, or a file's."""
