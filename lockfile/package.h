/* package.json as a document that is edited: the flow and the commands read it, change dependency
 * groups in `doc` and save. Saving takes the file's own text and replaces only the four dependency
 * groups and bundleDependencies, as npm does; indentation, line breaks, key order and everything
 * else stay as the user wrote them. */
#ifndef CPM_LOCKFILE_PACKAGE_H
#define CPM_LOCKFILE_PACKAGE_H

#include "lockfile/manifest.h"

#define CPM_PACKAGE_MAX (64u << 20) /* bytes of a package.json */

struct cpm_package {
    const char *file;            /* as given */
    struct cpm_str text;         /* as read; "" when there is no file */
    struct cpm_json *doc;        /* owned; an object */
    struct cpm_json_style style; /* of text; npm's defaults when there is no file */
    bool exists;
};

/* Reads a package.json; a missing one is {}. The text lives in the arena, the document until
 * cpm_package_release. Errors: CPM_EJSONPARSE ("Invalid package.json: FILE:LINE:COLUMN: …"; also
 * for duplicate keys and for what is no object), CPM_ETOOBIG, the file system's. */
int cpm_package_read(const char *file, struct cpm_arena *arena, struct cpm_package *out,
                     struct cpm_error *err);
/* The same from a text in memory, which must outlive *out. */
int cpm_package_parse(struct cpm_str text, const char *file, struct cpm_package *out,
                      struct cpm_error *err);
void cpm_package_release(struct cpm_package *package);

/* "dependencies", "devDependencies" … */
const char *cpm_dep_group_key(enum cpm_dep_group group);
/* Sets a dependency in a group, which is made when it is not there. */
void cpm_package_set_dep(struct cpm_package *package, enum cpm_dep_group group, struct cpm_str name,
                         struct cpm_str spec);
/* Takes a name out of a group; an emptied group goes too. True when it stood there. */
bool cpm_package_del_dep(struct cpm_package *package, enum cpm_dep_group group,
                         struct cpm_str name);

/* Appends what saving would write: groups sorted as npm sorts them, empty ones gone, names of
 * optionalDependencies not repeated in dependencies. */
void cpm_package_text(const struct cpm_package *package, struct cpm_buf *out);
/* Writes the file whole or not at all; leaves it alone when nothing but white space at its ends
 * would change. durable: see cpm_fs_replace. */
int cpm_package_save(const struct cpm_package *package, bool durable, struct cpm_error *err);
/* The same for a document that is to be written as it now is, every key of it. Any JSON object in a
 * file can be changed so, a lock too. */
int cpm_package_save_whole(const struct cpm_package *package, bool durable, struct cpm_error *err);
/* Brings the groups of the document itself into the form that saving gives them. */
void cpm_package_order_deps(struct cpm_package *package);

#endif
