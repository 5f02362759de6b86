"""Pages for lending staff: the queue, its verbs, the pull list and the scan pages."""
