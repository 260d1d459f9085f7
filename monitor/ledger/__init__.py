"""Deciding what is new: pure, one batch of a topic at a time.

    batch --assess--> signs --judge--> likelihoods --decide--> verdicts --file--> changes

`index` finds what was said before, `likeness` says how alike two wordings are, `series` and `figures` which figures are known,
`positions` where a party stood, `signs` turns all that into named numbers, `judge` holds the small models that weigh them, and
`decide` gives the verdicts and what they do to the ledger.
"""
