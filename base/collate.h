/* npm's order of names and paths: localeCompare(…, 'en'), exact for ASCII; other bytes come after
 * letters, by code point. */
#ifndef CPM_BASE_COLLATE_H
#define CPM_BASE_COLLATE_H

#include "base/str.h"

/* <0, 0, >0. Equal (0) only for texts that localeCompare calls equal. */
int cpm_collate(struct cpm_str a, struct cpm_str b);
/* The same, but runs of digits compare as numbers: localeCompare(…, 'en', {numeric: true}). */
int cpm_collate_numeric(struct cpm_str a, struct cpm_str b);
/* A sort key of cpm_collate, for lists that compare a text often: its first eight weights. Texts
 * whose heads differ are in the order of their heads. */
uint64_t cpm_collate_head(struct cpm_str text);

#endif
