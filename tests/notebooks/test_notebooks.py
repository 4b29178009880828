"""Every notebook runs from top to bottom, in an empty folder, without a warning."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient

from tests.sources import named, relative


@pytest.mark.slow
@pytest.mark.parametrize("path", named(".ipynb"), ids=relative)
def test_notebook_runs(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=place).execute()
    warned = [
        output["text"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    ]
    assert not warned, warned
