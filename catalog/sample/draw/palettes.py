"""Limited palettes: five inks each, as a printer of the time would have had on the shelf."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Inks:
    """Five inks by role: paper is the lightest, ink the darkest; a leads, b answers, c is the quiet middle tone."""

    paper: str
    ink: str
    a: str
    b: str
    c: str

    def flipped(self) -> Inks:
        """The same inks for a figure on a dark ground: paper draws, ink fills in."""
        return replace(self, paper=self.ink, ink=self.paper)

    def using(self, **roles: str) -> Inks:
        """The same inks with some roles taken by another colour."""
        return replace(self, **roles)


PALETTES: dict[str, Inks] = {
    # name: paper, ink, a, b, c
    "vermilion": Inks("#f1e6d0", "#1c1a19", "#d8372a", "#e9b44c", "#b9a98c"),
    "october": Inks("#efe3cb", "#191716", "#c92a1e", "#8c8478", "#d9c7a5"),
    "ochre": Inks("#f3e7c9", "#2a211b", "#c9822b", "#7d3b24", "#dcbf86"),
    "midnight": Inks("#efe8d4", "#10182b", "#23406e", "#e3b23c", "#6f88a8"),
    "moonlight": Inks("#f2ecd6", "#0f1722", "#2e5a6b", "#f0c95a", "#86a8a6"),
    "petrol": Inks("#f0e9d6", "#10282d", "#1f6b6f", "#e2703a", "#9fb8ab"),
    "bottle": Inks("#efe9d2", "#12231b", "#2d5b43", "#d99a2b", "#9db08a"),
    "absinthe": Inks("#eef0cf", "#161d14", "#8fae3a", "#d14a2c", "#c3cf8c"),
    "plum": Inks("#f2e5d8", "#23131f", "#6e2a4d", "#e29a4c", "#b88aa0"),
    "orchid": Inks("#f6e9e0", "#2a1a38", "#8a3f7d", "#f0b25a", "#c9a3c3"),
    "rose": Inks("#f8ebe0", "#2b1a1e", "#d65a6a", "#2f6f74", "#efb8a9"),
    "coral": Inks("#fbefdf", "#22252f", "#ee6a4d", "#2b8a8a", "#f6c39b"),
    "saffron": Inks("#fbf0d6", "#2c1a14", "#e7912a", "#b3271e", "#f3cf7e"),
    "turmeric": Inks("#faeccb", "#1d2440", "#e3a01f", "#24507c", "#d9783c"),
    "cobalt": Inks("#f3eddb", "#121a33", "#1f4fa3", "#e4492f", "#9db4d6"),
    "arctic": Inks("#f4f4ec", "#142432", "#3f7fa6", "#d9442f", "#b9d3dc"),
    "steel": Inks("#e9e6dc", "#17191c", "#55626d", "#d7a02e", "#a3a9a8"),
    "graphite": Inks("#ece7db", "#131313", "#3c3c3e", "#c33a2b", "#98938a"),
    "noir": Inks("#f0e6cf", "#0d0d10", "#26262c", "#e0a526", "#7d776c"),
    "blood": Inks("#f0e4d1", "#0f0b0c", "#9c1a1f", "#5b0f16", "#a08a7a"),
    "toxic": Inks("#f5f3cf", "#14140f", "#b8cc2c", "#5a2a73", "#e0dd84"),
    "pulp": Inks("#fdf0c4", "#171325", "#e2362b", "#f6c21c", "#2a7fa0"),
    "neon": Inks("#fbe9d8", "#120f26", "#e8336d", "#25b4b8", "#4b3b86"),
    "sepia": Inks("#f2e4c6", "#2b1c12", "#8a5a33", "#b5452c", "#cfae7c"),
    "desert": Inks("#fbe8c8", "#33190f", "#d96b34", "#f0ae4a", "#a8452b"),
    "dusk": Inks("#fbe3c4", "#221a35", "#d9593f", "#5a3d73", "#f0a35a"),
    "prairie": Inks("#f6ead0", "#27211a", "#c77b30", "#5f7f86", "#e2bd74"),
    "jade": Inks("#f3ecd9", "#13221f", "#3f8f7b", "#c8402f", "#a9c7b0"),
    "celadon": Inks("#f4efdf", "#1f2624", "#8fb3a0", "#b6402f", "#cfdccb"),
    "indigo": Inks("#f4ecda", "#16203c", "#33528f", "#cf4632", "#a6b6cf"),
    "persimmon": Inks("#f7ead3", "#241a17", "#dd6b2f", "#2f4a52", "#eab676"),
    "azalea": Inks("#f8ece2", "#241c22", "#cf3f5f", "#3d6b58", "#eaaea6"),
    "brick": Inks("#efe2cf", "#1d1715", "#a8422c", "#3c5a5e", "#d2a27c"),
    "mint": Inks("#f6f3e2", "#1e2b2c", "#5fb3a0", "#ef6f54", "#c4e0cc"),
    "sherbet": Inks("#fdf3dc", "#2a2440", "#f2784b", "#3aa6a0", "#f9cf68"),
    "meadow": Inks("#f7f3dc", "#1f2d21", "#6fa63c", "#e8673c", "#cfe08c"),
    "lagoon": Inks("#f5f1df", "#0f2a3a", "#1d7f93", "#f2a33a", "#8fcac6"),
    "gold": Inks("#f4e7c3", "#14110f", "#b98a34", "#6c1f24", "#dcbf79"),
    "royal": Inks("#f3e6c4", "#131033", "#31268a", "#c99a3b", "#7d73bd"),
    "ember": Inks("#fbe6c2", "#160f12", "#e0532a", "#f3a42f", "#6e2328"),
    "cosmos": Inks("#f4eedc", "#120f24", "#3b2a6b", "#f08a4b", "#57b0b8"),
    "glacier": Inks("#f6f5ee", "#1d2b3a", "#6aa3c0", "#f0885a", "#cfe3e8"),
    "polar": Inks("#f6f5ee", "#14263a", "#2f6d92", "#8fbdd3", "#d3e4e6"),
    "newsprint": Inks("#eee9dd", "#1a1a1a", "#4a4a48", "#c8102e", "#b8b2a4"),
    "clay": Inks("#f3e3cf", "#2a1713", "#b5573a", "#e0a653", "#d8b79a"),
    "forest": Inks("#f1ebd4", "#10201b", "#1f5045", "#dd8a35", "#7fa087"),
    "ink_wash": Inks("#efe8d8", "#181615", "#5d564f", "#a5281f", "#c2b8a4"),
    "marigold": Inks("#fff1cf", "#341b2b", "#f0a41c", "#c5306a", "#f7cf77"),
}
