"""What training bases and platforms report: rows read and judged, matched with people, and who may do it."""
