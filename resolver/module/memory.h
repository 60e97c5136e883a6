/* The memory of a resolver: arenas that threads borrow to write in. What is written is put where
 * others find it by one atomic step; two threads that make the same thing at once find out there,
 * and the later one's stays unused. So nobody waits for another's work, and readers take nothing.
 */
#ifndef CPM_RESOLVER_MODULE_MEMORY_H
#define CPM_RESOLVER_MODULE_MEMORY_H

#include "base/arena.h"

#include <pthread.h>
#include <stdalign.h>

enum { CPM_MEMORY_PARTS = 16, CPM_MEMORY_LINE = 64 /* bytes that one processor writes alone */ };

struct cpm_memory {
    struct cpm_memory_part {
        alignas(CPM_MEMORY_LINE) pthread_mutex_t lock;
        struct cpm_arena arena;
    } parts[CPM_MEMORY_PARTS];
};

void cpm_memory_init(struct cpm_memory *memory);
void cpm_memory_release(struct cpm_memory *memory);
/* An arena that no other thread has: mostly the one that this thread had last. */
struct cpm_arena *cpm_memory_borrow(struct cpm_memory *memory);
void cpm_memory_return(struct cpm_arena *arena);

/* Fast and without seed: keys are paths and specifiers, kept in chains of bounded tables. */
uint32_t cpm_memory_hash(uint64_t seed, struct cpm_str text);

#endif
