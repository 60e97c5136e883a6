/* Integrity texts as npm's ssri reads and writes them: which hashes a text names, in which order.
 * lockfile/ asks for what a registry says. Whether a hash can be checked is digest.h's. */
#ifndef CPM_BASE_INTEGRITY_H
#define CPM_BASE_INTEGRITY_H

#include "base/arena.h"

/* The text that npm writes for this one: hashes of unknown algorithms and what is no hash are left
 * out, those of one algorithm stand together where its first one stood, one blank between; options
 * are kept. "" when no hash is left. `text` itself when it is in that form; else new in the arena.
 */
struct cpm_str cpm_integrity_normal(struct cpm_arena *arena, struct cpm_str text);

#endif
