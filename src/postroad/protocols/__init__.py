"""Bytes to values and back: a package a protocol, without a socket, a model or an opinion."""
