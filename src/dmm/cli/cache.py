"""JAX's persistent compilation cache, which makes the second start of a command quick."""

import logging
import os
from pathlib import Path
from typing import Any


def use_compilation_cache() -> None:
    """Let JAX keep what it compiles in the user's cache folder, so that the next start of a command is quick.

    A folder that JAX has been told already (JAX_COMPILATION_CACHE_DIR) is kept; where none can be written, we do
    without.
    """
    import jax

    config: Any = jax.config  # not declared as typed
    logging.getLogger("jax").setLevel(logging.ERROR)  # no remarks about accelerators or an unreadable cache
    folder = cache_folder()
    if config.jax_compilation_cache_dir is None and folder is not None and _writable(folder):
        config.update("jax_compilation_cache_dir", str(folder))
        config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
        config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def cache_folder() -> Path | None:
    """Where compiled programs are kept: `dmm/xla` in the user's cache folder; `None` for a user without a home."""
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    except RuntimeError:
        return None
    return base / "dmm" / "xla" if base.is_absolute() else None


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # who can write here can make us run their code
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)
