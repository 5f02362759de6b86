"""Pages for borrowing staff: the queue, its verbs, and the scan pages."""
