"""What an engine found, in the files that Timeloop and Accelergy write.

Scripts and people read these: ``stats.txt``, ``map.txt``, ``ERT.yaml`` and ``ART.yaml``. What is
written is read back by :mod:`loas_tl.timeloop.real` to the same counts.
"""

from loas_tl.timeloop.outputs.files import output_files

__all__ = ["output_files"]
