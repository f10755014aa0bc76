"""Labels as they are written in texts: bare where that is unambiguous, else as JSON strings."""

import json
import re

BARE_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*")


def format_label(label: str) -> str:
    """A label as written in text: bare where that is unambiguous, else as a JSON string."""
    return label if BARE_LABEL.fullmatch(label) else json.dumps(label, ensure_ascii=False)
