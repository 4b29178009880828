"""Tests of what the public gets: edition, page, publishing, papers."""
