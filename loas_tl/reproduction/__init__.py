"""The published evaluation of LoAS, item by item: ours beside published.

One file a group of figures; :mod:`loas_tl.reproduction.items` lists them.
"""

from loas_tl.reproduction.item import Item, Reproduction, Row
from loas_tl.reproduction.items import ITEMS, reproduce

__all__ = ["ITEMS", "Item", "Reproduction", "Row", "reproduce"]
