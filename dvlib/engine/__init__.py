"""What decides the bits of one refit?"""
