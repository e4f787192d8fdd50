"""Many labels in one go, each bulk action one change set: items with revisions, a rule, or edits of a selection."""

from catalog.bulk.items import Item as Item
from catalog.bulk.items import Result as Result
from catalog.bulk.items import decide_many as decide_many
