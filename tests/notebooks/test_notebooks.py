"""Every notebook runs from top to bottom, in an empty folder."""

from __future__ import annotations

import warnings

import pytest

from tests.sources import named, relative


@pytest.mark.slow
@pytest.mark.parametrize("path", named(".ipynb"), ids=relative)
def test_notebook_runs(path, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the kernel's client, not ours
        import nbformat
        from nbclient import NotebookClient

        notebook = nbformat.read(path, as_version=4)
        client = NotebookClient(
            notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
        )
        client.execute()
    said = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    ]
    assert not said, said
