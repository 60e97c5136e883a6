/* Node's algorithm for require(): Module._resolveFilename. */
#ifndef CPM_RESOLVER_MODULE_REQUIRE_H
#define CPM_RESOLVER_MODULE_REQUIRE_H

#include "resolver/module/search.h"

/* Fills the search's outcome; false with Node's error. */
bool cpm_require_resolve(struct cpm_search *s);

#endif
