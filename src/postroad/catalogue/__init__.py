"""The union catalogue: records, items, loading, search."""
