"""Networks that look at pictures, each up to one vector per picture: normalised RGB (B, 3, H, W) to (B, D)."""
