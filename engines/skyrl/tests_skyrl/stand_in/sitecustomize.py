"""Python runs this at its start where PYTHONPATH has this folder: flash-attn's stand-in for a server's processes."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
import flash_attn_stand_in  # noqa: E402

flash_attn_stand_in.import_wrapper()
