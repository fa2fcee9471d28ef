# Time fpc::clusterboot on a matrix of distances: one line per run, processor seconds for all numbers of clusters together.
# Usage: Rscript stability_fpc.R distances.csv n_resamples k_min k_max runs
suppressMessages(library(fpc))
arguments <- commandArgs(trailingOnly = TRUE)
distances <- as.dist(as.matrix(read.csv(arguments[1], header = FALSE)))
resamples <- as.integer(arguments[2])
for (run in seq_len(as.integer(arguments[5]))) {
  seconds <- system.time({
    means <- lapply(as.integer(arguments[3]):as.integer(arguments[4]), function(k) {
      clusterboot(distances, B = resamples, distances = TRUE, bootmethod = "boot", clustermethod = disthclustCBI,
                  method = "average", k = k, cut = "number", count = FALSE, seed = run)$bootmean
    })
  })
  cat(seconds[["user.self"]] + seconds[["sys.self"]], sapply(means, mean), "\n")
}
