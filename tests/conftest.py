"""What the tests share: strict JAX, reproducible Hypothesis, and published reference material where there is some."""

from collections.abc import Iterator
from pathlib import Path

import jax
import pytest
from hypothesis import settings
from jax.experimental.compilation_cache import compilation_cache

# Every run draws the same examples, so a red check stays red; `pytest --hypothesis-profile=explore` looks for new ones.
settings.register_profile("reproducible", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("explore", deadline=None, derandomize=False, max_examples=1000, print_blob=True)
settings.load_profile("reproducible")

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item):
    """Run each test so that JAX neither mixes types (except under `@pytest.mark.trains`) nor adds axes silently."""
    types = "standard" if item.get_closest_marker("trains") else "strict"
    with jax.numpy_dtype_promotion(types), jax.numpy_rank_promotion("raise"):
        return (yield)


@pytest.fixture(scope="module", autouse=True)
def _forgotten_programs() -> Iterator[None]:
    """Programs of one file serve no other; together they would take gigabytes."""
    yield
    jax.clear_caches()


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of published machines and figures, beside the repository; without it the test is skipped."""
    if not REFERENCE.is_dir():
        pytest.skip(f"no reference material at {REFERENCE}")
    return REFERENCE


@pytest.fixture(scope="module")
def compiled_once(tmp_path_factory) -> Iterator[Path]:
    """A folder in which JAX keeps what it compiles, so that the many equal programs of a module are compiled once."""
    folder = tmp_path_factory.getbasetemp() / "xla"
    wanted = {
        "jax_compilation_cache_dir": str(folder),
        "jax_persistent_cache_min_compile_time_secs": 0.0,
        "jax_persistent_cache_min_entry_size_bytes": -1,
    }
    before = {option: getattr(jax.config, option) for option in wanted}
    for option, value in wanted.items():
        jax.config.update(option, value)
    compilation_cache.reset_cache()
    yield folder
    for option, value in before.items():
        jax.config.update(option, value)
    compilation_cache.reset_cache()
