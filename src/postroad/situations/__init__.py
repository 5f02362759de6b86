"""Situations: one named event that changes many things for a while, and puts them back."""
