"""Pages for the ILL centre, the delivery office and the operator."""
