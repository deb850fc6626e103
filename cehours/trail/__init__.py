"""What proves the trail: rows compared with their events, and an append-only log of it outside the database."""
