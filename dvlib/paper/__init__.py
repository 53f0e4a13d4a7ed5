"""What does the paper show and claim?"""
