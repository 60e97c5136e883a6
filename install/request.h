/* What the user asks to add or remove, written into package.json: before solving with the words
 * given, after solving with the range that is saved. The flow calls it; the document is
 * lockfile/package.h's. npm's rules: arborist's add-rm-pkg-deps and its saving of the ideal tree.
 */
#ifndef CPM_INSTALL_REQUEST_H
#define CPM_INSTALL_REQUEST_H

#include "lockfile/package.h"
#include "semver/spec.h"

enum cpm_save_type {
    CPM_SAVE_INFER, /* where the name stands already, else dependencies */
    CPM_SAVE_PROD,
    CPM_SAVE_DEV,
    CPM_SAVE_OPTIONAL,
    CPM_SAVE_PEER,
    CPM_SAVE_PEER_OPTIONAL,
};

struct cpm_request_options {
    enum cpm_save_type save_type;
    bool save_bundle;
    const char *save_prefix; /* "^", "~" or "" */
};

/* One package that was asked for: parsed, named, and (for a tag) already turned into a version. */
struct cpm_request {
    struct cpm_spec spec;
    struct cpm_str name;
};

/* The groups that the name stands in and will leave when the request is written, and the one that
 * it goes to: npm tells of each. Gives how many. */
size_t cpm_request_leaves(const struct cpm_package *package, const struct cpm_request *request,
                          const struct cpm_request_options *opts, enum cpm_dep_group left[2],
                          enum cpm_dep_group *into);
/* Writes the request into its group, out of the groups it may not share. Gives what then stands in
 * optionalDependencies when that was the group, else none (ptr NULL); borrowed from the document.
 */
struct cpm_str cpm_request_write(struct cpm_package *package, const struct cpm_request *request,
                                 const struct cpm_request_options *opts);
/* Removes a name from every group and from bundleDependencies; true when it stood anywhere. */
bool cpm_request_remove(struct cpm_package *package, struct cpm_str name);

/* What was found for a request. */
struct cpm_request_found {
    struct cpm_str package_name; /* differs from the request's name for an alias */
    struct cpm_str version;      /* "" when it has none */
    bool workspace;              /* of the project that asks: its version is saved */
    const char *where;           /* folder of the package.json, for file: specs */
};
/* Replaces the spec that cpm_request_write wrote by the one to be saved ("^1.2.3"). */
void cpm_request_save(struct cpm_arena *arena, struct cpm_package *package,
                      const struct cpm_request *request, const struct cpm_request_found *found,
                      const struct cpm_request_options *opts);

#endif
