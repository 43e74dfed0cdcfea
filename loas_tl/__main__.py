"""``python -m loas_tl``."""

from loas_tl.cli.start import main

raise SystemExit(main())
