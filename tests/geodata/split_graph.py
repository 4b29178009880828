"""An independent computation: networkx on a graph whose edges are split at the snap points."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import networkx as nx


def split_graph(network, sets):
    """Build a plain graph; point k of set s is the node (s, k) at the end of its access way."""
    cuts = defaultdict(list)
    graph = nx.Graph()
    graph.add_nodes_from(range(network.n_nodes))
    for name, snaps in sets.items():
        for k in range(len(snaps)):
            graph.add_node((name, k))
            if snaps.edge[k] < 0:
                continue
            foot = ("foot", name, k)
            graph.add_edge((name, k), foot, weight=int(snaps.access_mm[k]))
            cuts[int(snaps.edge[k])].append((int(snaps.along_mm[k]), foot))
    for edge in range(network.n_edges):
        stops = [(0, int(network.edge_u[edge])), *sorted(cuts[edge], key=lambda cut: cut[0])]
        stops.append((int(network.edge_length_mm[edge]), int(network.edge_v[edge])))
        for (a, one), (b, other) in pairwise(stops):
            known = graph.get_edge_data(one, other, {"weight": None})["weight"]
            if one != other and (known is None or b - a < known):
                graph.add_edge(one, other, weight=b - a)
    return graph


def all_pairs(network, sites, demand, cutoff_mm):
    """Return {(demand row, site): mm} of all pairs within the cutoff."""
    graph = split_graph(network, {"site": sites, "demand": demand})
    found = {}
    for k in range(len(sites)):
        if sites.edge[k] < 0:
            continue
        reach = nx.single_source_dijkstra_path_length(graph, ("site", k), cutoff=cutoff_mm)
        for node, mm in reach.items():
            if isinstance(node, tuple) and node[0] == "demand":
                found[node[1], k] = mm
    return found
