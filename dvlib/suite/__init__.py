"""How do results become files that can be trusted?"""
