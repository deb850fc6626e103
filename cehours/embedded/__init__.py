"""What `./dev` is made of: it sets up this machine, starts the data stores and runs the whole on them.

Standard library only, because it runs before anything is installed.
"""
