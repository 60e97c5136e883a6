/* An absolute address cut into parts by the rules of the WHATWG URL standard, as node's URL does
 * it: what package specs and repository fields need of it. Left out: IDNA (a host with non-ASCII
 * bytes is refused for http and the like) and addresses relative to a base. */
#ifndef CPM_SEMVER_URL_H
#define CPM_SEMVER_URL_H

#include "base/arena.h"

struct cpm_url {
    struct cpm_str protocol; /* lower case, with its colon: "git+ssh:" */
    struct cpm_str username, password;
    struct cpm_str hostname;
    struct cpm_str port;     /* "" for the scheme's own */
    struct cpm_str pathname; /* begins with "/" unless `opaque` */
    struct cpm_str search;   /* "" or with its "?" */
    struct cpm_str hash;     /* "" or with its "#" */
    bool opaque;             /* no "/" behind the scheme: mailto:x */
    bool has_host;
};

/* False when it is none. Texts are new in the arena. */
bool cpm_url_parse(struct cpm_arena *arena, struct cpm_str text, struct cpm_url *out);
/* URL.toString(); without the hash when asked. New in the arena. */
struct cpm_str cpm_url_text(struct cpm_arena *arena, const struct cpm_url *url, bool hash);

#endif
