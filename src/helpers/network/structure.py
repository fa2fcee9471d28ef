"""Components, core and bridges of a network of cooperation, and how much of it rests on one page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from helpers.network.graph import CURRENT, cooperation_graph


@dataclass(frozen=True)
class Structure:
    """What holds a network together.

    Attributes
    ----------
    components : tuple of tuple of str
        Groups of bodies that some chain of links joins; largest first, members in alphabetical order.
    core_number : int
        Largest k such that some bodies have k links or more among themselves (Seidman 1983, Social Networks 5, p. 269).
    cores : tuple of tuple of str
        The bodies of that k-core, by component.
    bridges : tuple of (str, str)
        Links whose loss would cut a component in two.
    cut_points : tuple of str
        Bodies whose loss would cut a component in two.
    """

    components: tuple[tuple[str, ...], ...]
    core_number: int
    cores: tuple[tuple[str, ...], ...]
    bridges: tuple[tuple[str, str], ...]
    cut_points: tuple[str, ...]

    @property
    def largest(self) -> tuple[str, ...]:
        """Members of the largest component."""
        return self.components[0]


def _groups(graph: nx.Graph) -> tuple[tuple[str, ...], ...]:
    found = [tuple(sorted(members)) for members in nx.connected_components(graph)]
    return tuple(sorted(found, key=lambda members: (-len(members), members)))


def structure(graph: nx.Graph) -> Structure:
    """Return components, core and bridges of a graph.

    Parameters
    ----------
    graph : networkx.Graph
        One link at least.

    Returns
    -------
    Structure

    Raises
    ------
    ValueError
        If the graph has no link.
    """
    if graph.number_of_edges() == 0:
        raise ValueError("the network has no link, so there is nothing that holds it together")
    numbers = nx.core_number(graph)
    highest = max(numbers.values())
    inside = graph.subgraph(name for name, number in numbers.items() if number == highest)
    return Structure(
        components=_groups(graph),
        core_number=int(highest),
        cores=_groups(inside),
        bridges=tuple(sorted(tuple(sorted(link)) for link in nx.bridges(graph))),
        cut_points=tuple(sorted(nx.articulation_points(graph))),
    )


def hops_to(graph: nx.Graph, targets: Iterable[str], operators: Iterable[str]) -> pd.Series:
    """Return how many links separate each operator from the nearest target.

    Parameters
    ----------
    graph : networkx.Graph
    targets : iterable of str
        Bodies; those that the graph does not have are reached from nowhere else.
    operators : iterable of str

    Returns
    -------
    Series of Int64
        0 for a target, missing where no chain of links leads to one.
    """
    marks = set(targets)
    found = dict.fromkeys(marks, 0)
    reached = [name for name in marks if name in graph]
    if reached:
        found |= nx.multi_source_dijkstra_path_length(graph, set(reached), weight=None)
    names = list(operators)
    return pd.Series(
        [found.get(name) for name in names], index=pd.Index(names, name="operator"), dtype="Int64"
    )


def page_dependence(
    cooperation: pd.DataFrame, *, statuses: Iterable[str] = CURRENT, without: Iterable[str] = ()
) -> pd.DataFrame:
    """Return what the network would look like if one page had not been read, for each page in turn.

    Each statement stands on few pages: this is how far the picture depends on the chance of the reading.

    Parameters
    ----------
    cooperation : DataFrame
        As :func:`helpers.network.cooperation_graph` takes it.
    statuses, without : iterable of str
        As there.

    Returns
    -------
    DataFrame, one row per page
        page, links (that vanish with the page), bodies (that vanish), largest (size of the largest component left),
        core_number; pages that matter most first.
    """
    statuses, without = tuple(statuses), tuple(without)
    whole = cooperation_graph(cooperation, statuses=statuses, without=without)
    rows = []
    for page in sorted({page for *_, pages in whole.edges(data="pages") for page in pages}):
        left = cooperation_graph(
            cooperation[cooperation["page"] != page], statuses=statuses, without=without
        )
        shape = structure(left) if left.number_of_edges() else None
        rows.append(
            {
                "page": page,
                "links": whole.number_of_edges() - left.number_of_edges(),
                "bodies": whole.number_of_nodes() - left.number_of_nodes(),
                "largest": len(shape.largest) if shape else 0,
                "core_number": shape.core_number if shape else 0,
            }
        )
    table = pd.DataFrame(rows)
    return table.sort_values(
        ["links", "largest", "page"], ascending=[False, True, True], ignore_index=True
    )
