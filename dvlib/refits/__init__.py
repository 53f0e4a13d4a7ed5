"""How are many refits run, kept and resumed?"""
