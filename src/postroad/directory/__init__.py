"""Libraries, policies, closures and dated thresholds."""
