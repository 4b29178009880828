"""Choose sites: the problem as data, the search, the proof and the explanations."""
