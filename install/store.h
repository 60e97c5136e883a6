/* The content store: every package version unpacked once, under the cache folder, found by the
 * integrity of its tarball, with a file index so that linking needs no readdir. Entries appear
 * whole (rename) and never change. Shared between projects and processes; safe for threads. The
 * extractor fills it; the linker, the lock (licenses) and the script policy read it. */
#ifndef CPM_INSTALL_STORE_H
#define CPM_INSTALL_STORE_H

#include "base/arena.h"
#include "base/error.h"

struct cpm_store;

/* What to do when a folder of the cache cannot be made or written. */
#define CPM_STORE_ADVICE                                                                           \
    "The cache folder is of no use: mend it, or name another one with --cache=FOLDER or the key "  \
    "`cache` of an .npmrc."

int cpm_store_open(const char *dir, struct cpm_store **out, struct cpm_error *err);
void cpm_store_close(struct cpm_store *store);

struct cpm_store_entry; /* one package version: mapped index */

/* The entry for this integrity (any strongest-algorithm digest of the tarball), or NULL. Borrowed
 * until the store closes. */
const struct cpm_store_entry *cpm_store_find(struct cpm_store *store, struct cpm_str integrity);

/* Verified tarball bytes in, entry out; runs on any thread. `name` is for messages. Errors:
 * CPM_EBADARCHIVE, CPM_ENOSPC … */
struct cpm_store_add {
    struct cpm_str bytes;
    struct cpm_str integrity; /* the key; "sha512-…" of the bytes when nothing else is known */
    struct cpm_str name;      /* "name@version" */
    bool strict_tar;
};
int cpm_store_add(struct cpm_store *store, const struct cpm_store_add *add,
                  const struct cpm_store_entry **out, struct cpm_error *err);

/* Facts that the index keeps of the package's own package.json. */
struct cpm_str cpm_store_entry_license(
    const struct cpm_store_entry *e); /* raw JSON as the lock records it, "" when none */
struct cpm_str cpm_store_entry_manifest(
    const struct cpm_store_entry *e); /* name, version, bin, scripts …: raw JSON object */
size_t cpm_store_entry_files(const struct cpm_store_entry *e);

#endif
