/* What a package's `license` says: one license of the SPDX list, an expression of several, or
 * neither. Read by the software bill of materials (sbom.h). Pure. */
#ifndef CPM_LOOK_SPDX_LICENSE_H
#define CPM_LOOK_SPDX_LICENSE_H

#include "base/str.h"

enum cpm_spdx_kind {
    CPM_SPDX_NONE,       /* no valid expression */
    CPM_SPDX_LICENSE,    /* one license, perhaps with `+` or an exception */
    CPM_SPDX_CONJUNCTION /* joined with AND or OR */
};

/* `id` is the license of CPM_SPDX_LICENSE, without `+`, exception and parentheses: a slice of the
 * text. Nesting is bounded; a text that is deeper is no expression. */
enum cpm_spdx_kind cpm_spdx_license(struct cpm_str text, struct cpm_str *id);

#endif
