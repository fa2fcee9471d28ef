"""What one notebook does must not be seen by the next, whatever it touches."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

# One name per thing that could leak, and an expression that shows it.
ASPECTS = {
    "globals": "sorted(name for name in globals() if name != 'show')",
    "builtins": "sorted(dir(builtins))",
    "working directory": "os.getcwd()",
    "environment": "sorted(os.environ.items())",
    "module search path": "sys.path",
    "imported modules": "sorted(sys.modules)",
    "an attribute set on a library": "hasattr(numpy, 'leak')",
    "matplotlib settings": "str(sorted(matplotlib.rcParams.items(), key=str))",
    "matplotlib backend": "matplotlib.get_backend()",
    "open figures": "pyplot.get_fignums()",
    "colour maps": "sorted(matplotlib.colormaps)",
    "pandas options": "pandas.get_option('display.max_rows')",
    "numpy print options": "str(numpy.get_printoptions())",
    "numpy error state": "numpy.geterr()",
    "loaded extensions": "sorted(get_ipython().extension_manager.loaded)",
    "magics": "[sorted(names) for names in get_ipython().magics_manager.magics.values()]",
    "event callbacks": "{k: len(v) for k, v in get_ipython().events.callbacks.items()}",
    "display formatters": "len(get_ipython().display_formatter.formatters['text/html'].type_printers)",
    "stored variables": "get_ipython().db.keys()",
    "warning filters": "str(warnings.filters)",
    "loggers": "[logging.getLogger().level, len(logging.getLogger().handlers)]",
    "decimal context": "str(decimal.getcontext())",
    "locale": "locale.setlocale(locale.LC_ALL)",
    "file mode mask": "[os.umask(0o22), os.umask(0o22)][0]",
    "recursion limit": "sys.getrecursionlimit()",
    "temporary folder": "tempfile.gettempdir()",
    "time zone": "time.tzname",
    "exit handlers": "atexit._ncallbacks()",
    "collector": "[gc.isenabled(), gc.get_threshold()]",
    "history": "len(get_ipython().history_manager.input_hist_raw)",
}

IMPORTS = """
import atexit, builtins, decimal, gc, json, locale, logging, os, random, sys, tempfile, time, warnings
import numpy, pandas, matplotlib, matplotlib.pyplot as pyplot
from IPython import get_ipython
"""

SHOW = f"show = {{name: eval(code) for name, code in {ASPECTS!r}.items()}}\nprint(json.dumps(show))"

SPOIL = """
x = 1; builtins.leak = 1; numpy.leak = 1; sys.path.insert(0, '/leak')
os.chdir('/'); os.environ['LEAK'] = '1'; del os.environ['PATH']
import colorsys, wave
matplotlib.rcParams['figure.dpi'] = 33; matplotlib.use('svg'); pyplot.figure()
matplotlib.colormaps.register(matplotlib.colors.ListedColormap(['k']), name='leak')
pandas.set_option('display.max_rows', 7); numpy.set_printoptions(precision=2); numpy.seterr(all='ignore')
shell = get_ipython()
shell.run_line_magic('load_ext', 'autoreload')
shell.register_magic_function(len, 'line_cell', 'leak')
shell.events.register('pre_run_cell', lambda *args: None)
shell.display_formatter.formatters['text/html'].for_type(int, str)
shell.run_line_magic('store', 'x')
warnings.simplefilter('ignore'); logging.basicConfig(level=10); decimal.getcontext().prec = 3
locale.setlocale(locale.LC_ALL, 'C'); os.umask(0o77); sys.setrecursionlimit(5000)
tempfile.tempdir = '/leak'; os.environ['TZ'] = 'Asia/Tokyo'; time.tzset(); atexit.register(len, 'x')
gc.disable(); gc.set_threshold(1); numpy.random.seed(1); random.seed(1)
"""


@pytest.fixture(scope="module")
def states(kernels, tmp_path_factory):
    """Show every aspect before, in, and after a notebook that spoils all of them."""
    from nbformat.v4 import new_code_cell, new_notebook

    folder = tmp_path_factory.mktemp("isolation")

    def run(*sources):
        cells = [new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
        executed = kernels.execute(new_notebook(cells=cells), cwd=folder)
        return json.loads(executed.cells[-1].outputs[-1].text)

    return {
        "before": run(IMPORTS, "0", SHOW),
        "spoilt": run(IMPORTS, SPOIL, SHOW),
        "after": run(IMPORTS, "0", SHOW),
        "folder": str(folder),
    }


@pytest.mark.parametrize("aspect", ASPECTS)
def test_nothing_leaks_to_the_next_notebook(states, aspect):
    assert states["after"][aspect] == states["before"][aspect]


@pytest.mark.parametrize(
    "aspect", sorted(set(ASPECTS) - {"history", "matplotlib backend", "locale"})
)
def test_the_notebook_that_spoils_does_change_what_is_compared(states, aspect):
    assert states["spoilt"][aspect] != states["before"][aspect]


def test_a_kernel_starts_in_its_folder_with_a_folder_of_temporary_files_of_its_caller(states):
    assert states["before"]["working directory"] == states["folder"]


def test_the_studys_own_package_is_not_imported_before_the_notebook_does(states):
    assert not [
        name for name in states["before"]["imported modules"] if name.partition(".")[0] == "helpers"
    ]


def test_the_heavy_libraries_are_imported_before_the_notebook_asks(kernels, notebook, printed):
    executed = kernels.execute(
        notebook("import sys\nprint({'pandas', 'seaborn', 'sklearn'} <= set(sys.modules))")
    )
    assert printed(executed) == "True\n"


def test_global_random_states_are_neither_shared_nor_repeated(kernels, notebook, printed):
    source = (
        "import multiprocessing, random, uuid\nimport numpy\n"
        "print(random.random(), numpy.random.random(), uuid.uuid4(), multiprocessing.current_process().authkey.hex())"
    )
    with ThreadPoolExecutor(2) as threads:
        drawn = [
            printed(executed).split()
            for executed in threads.map(kernels.execute, [notebook(source)] * 3)
        ]
    assert all(len(set(values)) == 3 for values in zip(*drawn, strict=True))


def test_hashes_of_strings_are_the_same_in_every_kernel(kernels, notebook, printed):
    assert len({printed(kernels.execute(notebook("print(hash('opsn'))"))) for _ in range(2)}) == 1


def test_a_kernel_has_one_thread_for_linear_algebra(kernels, notebook, printed):
    source = "import numpy, sklearn.cluster\nfrom threadpoolctl import threadpool_info\n"
    executed = kernels.execute(
        notebook(source + "print({pool['num_threads'] for pool in threadpool_info()})")
    )
    assert printed(executed) == "{1}\n"


def test_workers_of_joblib_run_in_a_forked_kernel(kernels, notebook, printed):
    source = (
        "from math import factorial\nfrom joblib import Parallel, delayed\n"
        "print(Parallel(n_jobs=2)(delayed(factorial)(n) for n in range(4)))"
    )
    assert printed(kernels.execute(notebook(source))) == "[1, 1, 2, 6]\n"


def test_a_figure_is_not_shown_by_itself(kernels, notebook):
    executed = kernels.execute(
        notebook(
            "from matplotlib import pyplot\nfigure, axes = pyplot.subplots()\n_ = axes.plot([1, 2])"
        )
    )
    assert executed.cells[0].outputs == []
