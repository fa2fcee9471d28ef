"""Time the package consensusclustering on a matrix of distances, in an environment of its own.

Usage: python stability_consensus.py distances.csv n_resamples k_min k_max share
Prints the processor seconds for all numbers of clusters together, one line per run.
"""

import sys
import time

import numpy as np
from consensusclustering import ConsensusClustering
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform


class Tree:
    """Average linkage of rows that are given by their index: the distances are looked up, not computed again."""

    def __init__(self, distances):
        self.distances = distances
        self.n_clusters = 2

    def set_params(self, n_clusters):
        """Take the number of clusters."""
        self.n_clusters = n_clusters
        return self

    def fit_predict(self, rows):
        """Cut the tree of some rows."""
        rows = rows[:, 0].astype(int)
        condensed = squareform(self.distances[np.ix_(rows, rows)], checks=False)
        return fcluster(linkage(condensed, "average"), self.n_clusters, "maxclust")


def main():
    """Run and print."""
    distances = np.loadtxt(sys.argv[1], delimiter=",")
    n_resamples, k_min, k_max = map(int, sys.argv[2:5])
    rows = np.arange(len(distances), dtype=float)[:, None]
    for seed in range(2):
        started = time.process_time()
        ConsensusClustering(
            Tree(distances), k_min, k_max, n_resamples, float(sys.argv[5]), rng=seed
        ).fit(rows)
        print(time.process_time() - started)


main()
