"""Counting; every figure opens its rows."""
