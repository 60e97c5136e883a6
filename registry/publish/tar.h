/* Writes tar archives as npm's tar library does for a package: ustar headers without owner, one
 * date for all, pax headers where a name or a size does not fit. pack.c fills it. */
#ifndef CPM_REGISTRY_PUBLISH_TAR_H
#define CPM_REGISTRY_PUBLISH_TAR_H

#include "base/buf.h"

struct cpm_tar_file {
    struct cpm_str path; /* in the archive, "package/index.js" */
    struct cpm_str link; /* of a hard link: the path of the first one; else "" */
    unsigned mode;       /* permission bits as they are to be written */
    struct cpm_str data;
};

/* Appends header, data and padding. Overflow is the buffer's. */
void cpm_tar_add(struct cpm_buf *out, const struct cpm_tar_file *file);
/* Appends the end mark. */
void cpm_tar_end(struct cpm_buf *out);

#endif
