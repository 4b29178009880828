"""Steps from each version of the tables to the next; run by :mod:`geodata.store.upgrade`."""
