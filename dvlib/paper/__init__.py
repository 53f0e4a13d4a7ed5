"""The paper's figures and claims: manifest, settings, studies, measures and plots."""
