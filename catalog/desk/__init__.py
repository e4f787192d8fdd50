"""The review desk: which film a person gets next, why, and what they do with it."""
