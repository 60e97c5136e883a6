/* The steps of normalize.h, for the files that do them. */
#ifndef CPM_REGISTRY_PUBLISH_NORMALIZE_STEPS_H
#define CPM_REGISTRY_PUBLISH_NORMALIZE_STEPS_H

#include "registry/publish/normalize.h"

/* Notes a change. */
void cpm_normalize_changed(struct cpm_normalize *n, const char *fmt, ...) CPM_PRINTF(2, 3);
/* normalize_bin.c */
void cpm_normalize_bin(struct cpm_normalize *n);
void cpm_normalize_man(struct cpm_normalize *n);
void cpm_normalize_bin_files(struct cpm_normalize *n);
/* normalize_data.c: description, files, bugs, homepage, keywords, people. */
void cpm_normalize_data(struct cpm_normalize *n);
/* normalize_disk.c: readme, authors, git's head, types, scripts that files stand for. */
void cpm_normalize_disk(struct cpm_normalize *n);
/* `bin` of directories.bin, where there is none. */
void cpm_normalize_disk_bins(struct cpm_normalize *n);
/* Only readme, types and scripts. */
void cpm_normalize_disk_init(struct cpm_normalize *n);

#endif
