"""The state as it is at one moment, put into a vault while others write."""
