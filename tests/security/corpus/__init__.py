"""Files of every category an upload may belong to, made by code; `table` says what becomes of each."""
