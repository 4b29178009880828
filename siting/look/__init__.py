"""Looking into a plan: gaps at an hour, depth of cover, streets, service areas, must-pass ways."""
