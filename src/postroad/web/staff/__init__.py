"""Pages for library staff: borrowing, lending, their library."""
