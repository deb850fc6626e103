"""The learning records interface: what comes and goes as JSON, and everything that is refused as RFC 9457 says."""
