"""Questions a planner asks besides "who can be served by p stations"."""
