/* Words for a full disk: which file system, and how much is wanted. */
#ifndef CPM_INSTALL_SPACE_H
#define CPM_INSTALL_SPACE_H

#include "base/error.h"

#include <stdint.h>

/* When err says CPM_ENOSPC, names the file system of `path` and the bytes that were needed. Gives
 * `code` back. */
int cpm_space_explain(int code, const char *path, uint64_t need, struct cpm_error *err);

#endif
