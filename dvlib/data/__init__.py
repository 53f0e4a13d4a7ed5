"""What is a data set, and where is a model wrong on it?"""
