"""The paper's figures and claims: manifest, settings, studies, measures and plots."""

import lazy_loader

# `dvlib.claims` and `dvlib.plots` name packages, which no import of the facade has loaded.
__getattr__, _, _ = lazy_loader.attach(__name__, ["claims", "plots"])
