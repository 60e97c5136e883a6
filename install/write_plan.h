/* What unpacking a package will write: folders and files with checked names, made from the tar
 * archive before anything is written. The store makes one, writes it (install/unpack.h) and keeps
 * its outline as the entry's index. Pure: no file system. */
#ifndef CPM_INSTALL_WRITE_PLAN_H
#define CPM_INSTALL_WRITE_PLAN_H

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"

#define CPM_PLAN_ENTRIES_MAX 200000
#define CPM_PLAN_PATH_MAX    4096
#define CPM_PLAN_NAME_MAX    255
#define CPM_PLAN_DEPTH_MAX   128

struct cpm_write_dir {
    struct cpm_str path; /* relative, NUL-terminated; "" for the package's own folder */
    uint32_t parent;     /* a dir before it; of the first: itself */
};

struct cpm_write_file {
    uint32_t dir;        /* index into dirs */
    struct cpm_str name; /* NUL-terminated */
    struct cpm_str path; /* whole, relative; `name` is its end */
    struct cpm_str data; /* a view into the archive */
    size_t cut;      /* data[cut] is left out (a bin's CR before the first LF); CPM_NPOS: none */
    bool executable; /* mode 0755, else 0644; less the umask */
    bool renamed;    /* stood as .gitignore in the archive; a .npmignore replaces it */
};

struct cpm_write_plan {
    struct cpm_write_dir *dirs; /* [0] is the package's folder; parents come first */
    uint32_t dir_count;
    struct cpm_write_file *files; /* grouped by folder */
    uint32_t file_count;
    uint64_t size;          /* of all data */
    struct cpm_map by_path; /* files and folders; to be released */
    uint32_t dropped;       /* links and devices that were left out, as npm does */
    uint32_t backslashes;   /* names that mean something else on Windows */
};

/* The first part of each name is stripped, as npm does. Errors: CPM_EBADARCHIVE naming the entry:
 * "..", absolute, control bytes, a name twice, a file where a folder must be, past a limit, no
 * package.json; with `strict` links too. Everything is kept in the arena, views lead into `tar`. */
int cpm_write_plan_build(struct cpm_str tar, bool strict, struct cpm_arena *arena,
                         struct cpm_write_plan *plan, struct cpm_error *err);
void cpm_write_plan_release(struct cpm_write_plan *plan);
/* The file of this path, or NULL. */
struct cpm_write_file *cpm_write_plan_find(const struct cpm_write_plan *plan, struct cpm_str path);
/* Makes a file a command: executable, and its first line ends in LF alone, as npm's bin-links
 * leaves it. */
void cpm_write_plan_make_bin(struct cpm_write_plan *plan, struct cpm_str path);

#endif
