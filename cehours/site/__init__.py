"""Pages of no app: home, help, statements, errors, style guide; and the frame around every page."""
