"""What several audiences share: gates, scan pages, charts."""
