"""The demo consortium, made by calling the verbs."""
