"""Mail and on-screen notices."""
