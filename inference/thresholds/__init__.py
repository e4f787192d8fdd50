"""One version's threshold of one term: what it costs and brings, how far its scores hold, and setting it by hand."""
