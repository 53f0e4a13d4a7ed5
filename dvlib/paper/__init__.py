"""The paper's figures and claims: manifest, settings, one module per figure, and the evidence."""
