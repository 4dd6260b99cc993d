"""``python -m dxkb`` is the same as the command ``dxkb``."""

import sys

from dxkb.main import main

sys.exit(main())
