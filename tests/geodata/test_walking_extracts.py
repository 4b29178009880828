"""Real extracts: 10,000 random pairs each, equal to networkx on the split graph; nothing lost."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.network import build_network, snap_points
from geodata.osm import read_extract
from geodata.walking import walk_pairs, walk_table
from tests.geodata.split_graph import all_pairs

PAIRS = 10_000
SITES = 60
CUTOFF_MM = 1_000_000


@pytest.mark.parametrize(
    "name", ["guixi_jiangxi_2025", "beijing_tsinghua_2017", "shenzhen_buji_2019"]
)
def test_ten_thousand_pairs_are_equal_to_the_millimetre(shared, name):
    extract = read_extract(shared / "data" / "osm" / f"{name}.osm")
    network = build_network(extract.edges, extract.metric_crs)
    rng = np.random.default_rng(20_180_109)
    low = np.array([network.node_x.min(), network.node_y.min()])
    high = np.array([network.node_x.max(), network.node_y.max()])
    places = rng.uniform(low - 100, high + 100, (1200, 2))
    snaps = snap_points(network, places, 200.0)
    on = snaps.edge >= 0
    # no point is lost: it is on an edge whose parts sum to the whole, or it says why not
    assert (snaps.along_mm + snaps.rest_mm == network.edge_length_mm[snaps.edge])[on].all()
    assert set(snaps.reason[~on]) <= {"too_far", "island"}
    assert (snaps.reason[on] == "").all()
    sites = snaps.take(np.flatnonzero(on)[:SITES])
    wanted = all_pairs(network, sites, snaps, None)
    keys = sorted(wanted)
    drawn = [keys[k] for k in rng.permutation(len(keys))[:PAIRS]]
    assert len(drawn) == PAIRS
    pairs = np.array([(site, row) for row, site in drawn])
    found = walk_pairs(network, sites, snaps, pairs)
    assert found.tolist() == [wanted[key] for key in drawn]
    # the sparse table holds exactly the pairs within the cutoff, each at its own distance too
    table = walk_table(network, sites, snaps, CUTOFF_MM)
    ours = dict(
        zip(
            zip(table.row().tolist(), table.site.tolist(), strict=True),
            table.walk_mm.tolist(),
            strict=True,
        )
    )
    assert ours == {key: mm for key, mm in wanted.items() if mm <= CUTOFF_MM}
    for row, site in drawn[:20]:
        exact = wanted[row, site]
        one, at = sites.take(np.array([site])), snaps.take(np.array([row]))
        assert walk_table(network, one, at, exact).walk_mm.tolist() == [exact]
        assert walk_table(network, one, at, exact - 1).walk_mm.tolist() == []
