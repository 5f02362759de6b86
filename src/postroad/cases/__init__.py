"""Cases: what somebody asked, whose turn it is, and until when."""
