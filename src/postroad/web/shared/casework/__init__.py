"""Cases as those work on them who answer: the same pages in the offices and at the libraries."""
