"""METIS's side of partition.mjs: one JSON line with the median processor time and the cut."""

import json
import sys
import time

import numpy as np
import pymetis

tokens, repetitions = int(sys.argv[1]), int(sys.argv[2])
s, t = np.meshgrid(np.arange(tokens, dtype=np.int64), np.arange(tokens, dtype=np.int64), indexing="ij")
key = np.minimum(s, t) * tokens + np.maximum(s, t)
weights = 700 + (((key * 2654435761) & 0xFFFFFFFF) >> 16) % 300
off = s != t
graph = pymetis.CSRAdjacency(np.arange(tokens + 1) * (tokens - 1), t[off])
edge_weights = weights[off]
times = []
for _ in range(repetitions):
    start = time.process_time()
    _, part = pymetis.part_graph(max(2, tokens // 10), graph, eweights=edge_weights)
    times.append(time.process_time() - start)
part = np.array(part)
cut = int(weights[part[s] != part[t]].sum()) // 2
print(json.dumps({"seconds": sorted(times)[repetitions // 2], "edgeCut": cut}))
