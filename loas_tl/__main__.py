"""``python -m loas_tl``."""

from loas_tl.cli.main import main

raise SystemExit(main())
