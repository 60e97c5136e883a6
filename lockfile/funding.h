/* The field `funding` by npm's rules (libnpmfund): what of it is an address to be shown. Read by
 * `cpm fund` and by the count in install's summary. */
#ifndef CPM_LOCKFILE_FUNDING_H
#define CPM_LOCKFILE_FUNDING_H

#include "base/json.h"

/* True for an http(s) URL with a host, {url}, or an array of these. */
bool cpm_funding_is_valid(const struct cpm_json *funding);
/* The same for JSON text. */
bool cpm_funding_text_is_valid(struct cpm_str raw);
/* An array of {type, url} for an array, else one; texts become {"url": text}. NULL for what is not
 * truthy. To be freed. */
struct cpm_json *cpm_funding_normalize(const struct cpm_json *funding);

#endif
