"""Pages of accounts, units, members and invitations."""
