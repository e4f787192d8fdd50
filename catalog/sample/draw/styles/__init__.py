"""Style families: each lays out one bill on a pen, and says how it was printed."""

from __future__ import annotations

from collections.abc import Callable

from catalog.sample.draw.bill import Bill
from catalog.sample.draw.pen import Pen
from catalog.sample.draw.press import Press
from catalog.sample.draw.styles import asia, avant_garde, cut, labels, night, scenic, show

Style = Callable[[Pen, Bill], Press]

STYLES: dict[str, Style] = {
    style.__name__: style
    for style in (
        *(cut.cutpaper, cut.polish, cut.swiss, cut.lettering),
        *(avant_garde.constructivist, avant_garde.bauhaus, avant_garde.opart),
        *(night.noir, night.woodcut, night.silhouette),
        *(scenic.wpa, scenic.litho, scenic.modern),
        *(show.deco, show.pulp, show.toon),
        *(labels.matchbox, labels.bulletin, asia.ukiyo, asia.hanji),
    )
}
