/* Percent-encoding as JavaScript has it, and the code points that the URL standard encodes in each
 * part of an address. */
#ifndef CPM_SEMVER_PERCENT_H
#define CPM_SEMVER_PERCENT_H

#include "base/arena.h"
#include "base/buf.h"

/* Beside controls and non-ASCII bytes, which are always encoded. */
#define CPM_PERCENT_OPAQUE   ""
#define CPM_PERCENT_FRAGMENT " \"<>`"
#define CPM_PERCENT_QUERY    " \"#<>"
#define CPM_PERCENT_PATH     " \"#<>?`{}"
#define CPM_PERCENT_USERINFO " \"#<>?^`{}/:;=@[\\]|"

/* Appends s; what is in `set` as %XX. */
void cpm_percent_add(struct cpm_buf *out, struct cpm_str s, const char *set);
/* encodeURIComponent. New in the arena. */
struct cpm_str cpm_percent_component(struct cpm_arena *arena, struct cpm_str s);
/* True when encodeURIComponent leaves it as it is. */
bool cpm_percent_is_plain(struct cpm_str s);
/* decodeURIComponent; false on a broken escape, on what decodes to no UTF-8, and on %00. */
bool cpm_percent_decode(struct cpm_arena *arena, struct cpm_str s, struct cpm_str *out);

#endif
