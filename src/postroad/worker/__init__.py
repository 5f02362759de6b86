"""What runs by itself: events told to their listeners, clocks that ring."""
