/* Dates as registries and --before write them. */
#ifndef CPM_REGISTRY_ISOTIME_H
#define CPM_REGISTRY_ISOTIME_H

#include "base/str.h"

/* "2018-01-03", "2018-01-03T00:00:00.000Z", "2026-10-14T16:49:10.699+02:00" to ms since the epoch
 * (UTC where no zone stands). False when it is none of these. */
bool cpm_isotime_parse(struct cpm_str text, int64_t *ms);
/* "2018-01-03T00:00:00.000Z"; "" for a year that has not four digits. */
enum { CPM_ISOTIME_SIZE = 25 };
void cpm_isotime_text(int64_t ms, char out[CPM_ISOTIME_SIZE]);

#endif
