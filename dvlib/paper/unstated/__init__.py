"""Which settings does the paper not state, and which of them make its statements true at once?"""
