"""Engines that evaluate Timeloop v4 specs; all give one :class:`loas_tl.engine.result.Result`."""
