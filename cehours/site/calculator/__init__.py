"""The public calculator: one activity at a time, and a year put together. Everything lives in the address."""
