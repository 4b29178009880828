/* The same bounded search in plain C, from node to nodes: what the machine allows.
   Dijkstra with a 4-ary heap of packed int64 keys (mm << 32 | node), int32 labels, lazy deletion.
   Built by bench_coverage.py with: cc -O3 -march=native -shared -fPIC */
#include <stdint.h>

#define FAR 2147483647

static inline void up(int64_t *heap, int64_t at, int64_t key) {
    while (at > 0) {
        int64_t parent = (at - 1) >> 2;
        if (heap[parent] <= key) break;
        heap[at] = heap[parent];
        at = parent;
    }
    heap[at] = key;
}

static inline void down(int64_t *heap, int64_t size, int64_t key) {
    int64_t at = 0;
    for (;;) {
        int64_t child = (at << 2) + 1;
        if (child >= size) break;
        int64_t best = child, least = heap[child], end = child + 4 < size ? child + 4 : size;
        for (int64_t other = child + 1; other < end; other++)
            if (heap[other] < least) { least = heap[other]; best = other; }
        if (least >= key) break;
        heap[at] = least;
        at = best;
    }
    heap[at] = key;
}

/* Rows by source: counts[s] entries each, in rows and mms; returns their number, -1 if no room. */
int64_t walk(const int64_t *ptr, const int64_t *arcs, const int32_t *source, int64_t n_sources,
             int64_t bound, int32_t *dist, int32_t *touched, int64_t *heap, int64_t *counts,
             int32_t *rows, int32_t *mms, int64_t room) {
    int64_t out = 0;
    for (int64_t s = 0; s < n_sources; s++) {
        int64_t size = 0, reached = 0, first = out;
        dist[source[s]] = 0;
        touched[reached++] = source[s];
        up(heap, size++, source[s]);
        while (size > 0) {
            int64_t key = heap[0];
            size--;
            down(heap, size, heap[size]);
            int64_t node = key & 0xFFFFFFFF, mm = key >> 32;
            if (mm > dist[node]) continue;
            int64_t base = mm << 32;
            for (int64_t a = ptr[node]; a < ptr[node + 1]; a++) {
                key = base + arcs[a];
                mm = key >> 32;
                if (mm > bound) continue;
                int64_t head = key & 0xFFFFFFFF;
                int32_t old = dist[head];
                if (mm < old) {
                    if (old == FAR) touched[reached++] = (int32_t)head;
                    dist[head] = (int32_t)mm;
                    up(heap, size++, key);
                }
            }
        }
        if (out + reached > room) return -1;
        for (int64_t k = 0; k < reached; k++) {
            rows[out] = touched[k];
            mms[out++] = dist[touched[k]];
            dist[touched[k]] = FAR;
        }
        counts[s] = out - first;
    }
    return out;
}
