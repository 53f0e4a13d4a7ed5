"""Data Shapley values: sampled, stratified, and from the models of coalitions."""
