/* A package folder from a store entry: hard links, reflinks or copies of its files. The installer
 * makes it in the stage; any thread. */
#ifndef CPM_INSTALL_LINK_H
#define CPM_INSTALL_LINK_H

#include "base/error.h"
#include "install/store_entry.h"

struct cpm_link {
    const struct cpm_store_entry *entry;
    int dir;              /* the new folder is made below this one */
    const char *name;     /* relative; its parents are there */
    bool made;            /* the folder is there, and empty */
    int method;           /* CPM_LINK_AUTO … of install/install.h */
    bool copy;            /* files of its own: scripts may change them */
    unsigned umask;       /* of this process */
    int64_t settled;      /* seconds, past: its folders get this time (install/module_index.h) */
    _Atomic bool *copied; /* set when a file was not linked */
};

/* Errors: CPM_EINTEGRITY when the store's files are not as they were unpacked (nothing is then to
 * be trusted of the entry), CPM_ENOSPC, CPM_EXDEV with the hard method … A part stays behind. */
int cpm_link_package(const struct cpm_link *link, struct cpm_error *err);
/* Copies one file: reflink, else copy_file_range, else bytes. `method` as above. 0 or an errno. */
int cpm_copy_file(int from_dir, const char *from, int to_dir, const char *to, unsigned mode,
                  int method);

#endif
