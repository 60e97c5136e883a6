/* The names in a folder, read at once when the folder was asked about often enough. Written once,
 * read by every thread. */
#ifndef CPM_RESOLVER_MODULE_LISTING_H
#define CPM_RESOLVER_MODULE_LISTING_H

#include "resolver/module/place.h"

/* Counts one question about an entry of a real folder. True when the listing knows the answer; an
 * entry that it does not have is CPM_FILE_NONE. */
bool cpm_listing_find(struct cpm_places *places, struct cpm_place *folder, struct cpm_str name,
                      enum cpm_file_kind *kind);

/* True when the index tells the names in a place, whose parent is a real folder: then it is one
 * too, and its parent's names need not be known. False says nothing. */
bool cpm_listing_is_folder(struct cpm_places *places, struct cpm_place *place);

#endif
