"""Models of the classes that public Timeloop specs use: memories, DRAM, arithmetic, wires.

Figures are CACTI 7's and Aladdin's, taken as Accelergy v0.4 takes them through its plug-ins, and
carried to other nodes by :mod:`loas_tl.components.technology`; ``docs/energies.md`` says class by
class how far they are from a real Accelergy.
"""
