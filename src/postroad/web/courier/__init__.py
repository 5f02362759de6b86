"""Pages for the driver: the route of the day and the scan."""
