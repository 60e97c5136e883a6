/* What package.json says about the tarball's files, as pattern lines. Internal to the packlist. */
#ifndef CPM_REGISTRY_PUBLISH_MANIFEST_FILES_H
#define CPM_REGISTRY_PUBLISH_MANIFEST_FILES_H

#include "base/error.h"
#include "base/glob.h"
#include "base/json.h"

struct cpm_manifest_files {
    bool has_files;
    struct cpm_buf files;          /* its lines */
    struct cpm_buf strict;         /* what is in or out whatever other rules say */
    struct cpm_glob_list required; /* entries of `files` that are files of the package */
};

struct cpm_manifest_text { /* a package.json */
    const char *path;      /* the package's folder */
    struct cpm_str text;   /* in the arena it was read into */
    struct cpm_json *doc;  /* to be freed */
};
int cpm_manifest_text_read(struct cpm_arena *arena, const char *path, struct cpm_manifest_text *out,
                           struct cpm_error *err);

/* The buffers are to be released. Entries of `files` are looked up in the package's folder. */
void cpm_manifest_files_read(struct cpm_arena *arena, const struct cpm_manifest_text *in,
                             struct cpm_manifest_files *out);

#endif
