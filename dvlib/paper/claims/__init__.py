"""The paper's claims: how each is measured and judged."""
