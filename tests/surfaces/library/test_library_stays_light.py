"""What importing and using the library loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from surfaces.library.clicks import clicks
from surfaces.library.conftest import written


def loaded(code: str, *names: str) -> str:
    probe = f"import sys\n{code}\nprint([name for name in {names!r} if name in sys.modules])"
    return subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout.strip()


def test_importing_sojourn_loads_nothing_else() -> None:
    heavy = ("django", "numpy", "pyarrow", "numba", "pandas", "polars", "httpx", "sojourn.surfaces.library")
    assert loaded("import sojourn as sj; sj.__version__; dir(sj)", *heavy) == "[]"


def test_a_question_needs_neither_server_nor_django_and_no_dataframe_library_installed(tmp_path: Path) -> None:
    path = written(clicks(), tmp_path / "clicks.csv")
    code = f"""
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in ("pandas", "polars"): raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
import sojourn as sj
log = sj.read_events({str(path)!r})
log.graph().plot(); log.funnel(["search", "buy"]).plot(); log.variants(top=5).plot()
for convert in (log.to_pandas, log.to_polars, log.to_pm4py, log.graph().to_pandas, log.graph().to_polars):
    try: convert()
    except Exception as error: assert "pip install p" in str(error), error
    else: raise AssertionError(convert)
"""
    assert loaded(code, "django", "duckdb", "httpx", "sojourn.domains") == "[]"


def test_the_library_names_what_it_has() -> None:
    code = (
        "import sojourn as sj\nfor name in sj.__all__: getattr(sj, name)\ntry: sj.nonsense\nexcept AttributeError: pass"
    )
    assert loaded(code) == "[]"
