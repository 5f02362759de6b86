"""Routes, stops, slips, parcels and the custody ledger."""
