"""Data Shapley values: sampled, exact, stratified, and from the models of coalitions."""
