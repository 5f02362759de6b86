"""How fast it is: each bench in a house of its own, its figures as lines of JSON."""
