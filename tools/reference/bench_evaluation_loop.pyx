# cython: boundscheck=False, wraparound=False, cdivision=True
"""bench_evaluation.market1501 with its loop compiled."""
import numpy as np


def market1501(distances, q_pids, g_pids, q_camids, g_camids, int ranks=50):
    cdef long[:, :] order = np.argsort(distances, axis=1)
    cdef long[:] qp = q_pids
    cdef long[:] gp = g_pids
    cdef long[:] qc = q_camids
    cdef long[:] gc = g_camids
    cdef int queries = order.shape[0], gallery = order.shape[1]
    cdef int q, k, j, rank, hits, first, last
    cdef double total
    cdef double[:] curve = np.zeros(ranks)
    precisions, penalties = [], []
    for q in range(queries):
        rank = hits = first = last = 0
        total = 0
        for k in range(gallery):
            j = order[q, k]
            if gp[j] == qp[q] and gc[j] == qc[q]:
                continue
            rank += 1
            if gp[j] == qp[q]:
                hits += 1
                total += hits / <double> rank
                last = rank
                if first == 0:
                    first = rank
        if hits:
            precisions.append(total / hits)
            penalties.append(hits / <double> last)
            for k in range(first - 1, ranks):
                curve[k] += 1
    cmc = np.asarray(curve) / len(precisions)
    return {
        "queries": len(precisions),
        "rank1": cmc[0],
        "rank5": cmc[4],
        "rank10": cmc[9],
        "mAP": float(np.mean(precisions)),
        "mINP": float(np.mean(penalties)),
    }
