/* The entries of a tar archive in memory, one after the other. libarchive is the parser and stays
 * behind this file; it never writes a file. Read by the write plan (install/write_plan.h). */
#ifndef CPM_INSTALL_ARCHIVE_H
#define CPM_INSTALL_ARCHIVE_H

#include "base/arena.h"
#include "base/error.h"

enum cpm_archive_type {
    CPM_ARCHIVE_FILE,
    CPM_ARCHIVE_DIR,
    CPM_ARCHIVE_LINK,  /* symbolic or hard */
    CPM_ARCHIVE_OTHER, /* device, FIFO */
};

struct cpm_archive_entry {
    enum cpm_archive_type type;
    bool executable;     /* any x bit; nothing else of the mode counts when unpacking */
    unsigned mode;       /* of a file: the permission bits as written */
    struct cpm_str path; /* as written in the archive; valid until the next entry */
    struct cpm_str data; /* of a file; a view into the archive */
};

struct cpm_archive;

/* `tar` is borrowed and must outlive the archive; data that is not in one piece is copied to the
 * arena. Errors: CPM_EBADARCHIVE, CPM_EUNSUPPORTED (libarchive is missing). */
int cpm_archive_open(struct cpm_str tar, struct cpm_arena *arena, struct cpm_archive **out,
                     struct cpm_error *err);
/* 1 and an entry, 0 at the end, CPM_EBADARCHIVE. A fault is sticky: it comes back on every later
 * call. */
int cpm_archive_next(struct cpm_archive *archive, struct cpm_archive_entry *entry,
                     struct cpm_error *err);
void cpm_archive_free(struct cpm_archive *archive);
/* Loads libarchive ahead of the first archive. Any thread. */
void cpm_archive_preload(void);

/* The unpacked size of a gzip stream of one or more members, counted in constant memory. Errors:
 * CPM_EBADARCHIVE also when it passes `max`. */
int cpm_archive_gzip_size(struct cpm_str gzip, uint64_t max, uint64_t *size, struct cpm_error *err);

#endif
