/* What one version of a package says of itself, in the form that the tree builder and the lock
 * need. Filled from a packument (registry), a lock entry or a package.json (lockfile); read by the
 * solver, the lock writer and install. Immutable once filled. Names, dependency specs and version
 * are interned in the operation's name table; everything else is a view into memory that outlives
 * the operation (arena, or a mapped cache image). */
#ifndef CPM_LOCKFILE_MANIFEST_H
#define CPM_LOCKFILE_MANIFEST_H

#include "base/arena.h"
#include "base/jsonread.h"
#include "base/name.h"

enum cpm_dep_group {
    CPM_DEPS_PROD,     /* dependencies */
    CPM_DEPS_DEV,      /* devDependencies */
    CPM_DEPS_OPTIONAL, /* optionalDependencies */
    CPM_DEPS_PEER,     /* peerDependencies */
    CPM_DEPS_ACCEPT,   /* acceptDependencies */
    CPM_DEPS_COUNT
};

struct cpm_dep {
    const struct cpm_name *name;
    const struct cpm_name *spec;
    bool optional_peer; /* peer group only: peerDependenciesMeta says optional */
};

struct cpm_deps {
    const struct cpm_dep *v; /* in file order (JavaScript's: array-index keys first) */
    uint32_t n;
    bool present; /* the key is there, even if empty (the lock keeps an empty devDependencies of
                     tops) */
};

/* Fields kept as raw JSON text (a validated slice of the source; len 0 when absent or not truthy).
 */
enum cpm_raw_field {
    CPM_RAW_ENGINES,
    CPM_RAW_OS,
    CPM_RAW_CPU,
    CPM_RAW_LIBC,
    CPM_RAW_LICENSE, /* already reduced: {type: X} is X */
    CPM_RAW_FUNDING, /* a string is already {"url": …} */
    CPM_RAW_BIN,     /* normalised object; of a lock entry as the lock says it: link by
                        cpm_manifest_bins */
    CPM_RAW_DEPRECATED,
    CPM_RAW_PEER_META, /* peerDependenciesMeta */
    CPM_RAW_BUNDLE,    /* bundleDependencies as the array that npm's normalisation leaves */
    CPM_RAW_WORKSPACES,
    CPM_RAW_OVERRIDES, /* package.json only */
    CPM_RAW_SCRIPTS,   /* package.json only */
    CPM_RAW_COUNT
};

struct cpm_manifest {
    const struct cpm_name *name;          /* package name; NULL when it has none */
    const struct cpm_name *version;       /* NULL when it has none */
    struct cpm_deps deps[CPM_DEPS_COUNT]; /* prod has no name that optional has (normalised) */
    struct cpm_str raw[CPM_RAW_COUNT];
    const struct cpm_name *const *bundle; /* names of bundleDependencies */
    uint32_t bundle_count;
    struct cpm_str tarball;    /* dist.tarball */
    struct cpm_str integrity;  /* dist.integrity, else sha1- of dist.shasum; "" when neither */
    struct cpm_str signatures; /* raw JSON of dist.signatures, "" when there are none */
    bool has_install_script;   /* the flag, or a truthy preinstall, install or postinstall */
    bool has_shrinkwrap;
    bool license_unknown; /* abbreviated source: the lock needs the license from elsewhere */
    bool has_bin_dir;     /* directories.bin without bin: the bins are known after unpacking */
    struct cpm_str bin_dir;
};

/* Where a manifest is read from: decides npm's normalisation and what absence means. */
enum cpm_manifest_from {
    CPM_MANIFEST_DIRECTORY,            /* package.json on disk: keys with "_" are dropped */
    CPM_MANIFEST_LOCK,                 /* an entry of `packages` */
    CPM_MANIFEST_REGISTRY_FULL,        /* version object of a full packument */
    CPM_MANIFEST_REGISTRY_ABBREVIATED, /* the same, abbreviated: no license, no scripts */
};

struct cpm_manifest_source {
    struct cpm_names *names; /* interns name, version, dependency names and specs */
    struct cpm_arena *arena; /* keeps arrays and normalised text */
    enum cpm_manifest_from from;
    /* Offered each top-level key that a manifest does not use itself ("resolved", "_npmUser" …);
     * returns true when it consumed the value. NULL: such keys are skipped. */
    bool (*field)(struct cpm_jsonread *r, struct cpm_str key, void *data);
    void *data;
};

/* The keys of a version object that a manifest is made of. */
enum cpm_manifest_key {
    CPM_KEY_NAME,
    CPM_KEY_VERSION,
    CPM_KEY_DEPS,
    CPM_KEY_DEV,
    CPM_KEY_OPTIONAL,
    CPM_KEY_PEER,
    CPM_KEY_ACCEPT,
    CPM_KEY_ENGINES,
    CPM_KEY_OS,
    CPM_KEY_CPU,
    CPM_KEY_LIBC,
    CPM_KEY_LICENSE,
    CPM_KEY_FUNDING,
    CPM_KEY_BIN,
    CPM_KEY_DEPRECATED,
    CPM_KEY_PEER_META,
    CPM_KEY_BUNDLE,
    CPM_KEY_WORKSPACES,
    CPM_KEY_OVERRIDES,
    CPM_KEY_SCRIPTS,
    CPM_KEY_BUNDLED,
    CPM_KEY_DIST,
    CPM_KEY_DIRECTORIES,
    CPM_KEY_INSTALL_SCRIPT,
    CPM_KEY_HAS_SHRINKWRAP,
    CPM_KEY_SHRINKWRAP, /* _hasShrinkwrap; of the two the later one counts */
    CPM_KEY_COUNT
};

/* Fills *out from the object that `r` stands at, with npm's normalisation (in its order). Raw
 * fields are slices of r's text where nothing had to change; so the text must outlive *out.
 * Duplicate keys: the last one counts (callers that must refuse them check with cpm_json_check
 * first). Error: CPM_EINVAL when the value is no object (it is then skipped); a fault of the text
 * stays in `r` and is reported by cpm_jsonread_finish. */
int cpm_manifest_read(struct cpm_jsonread *r, const struct cpm_manifest_source *src,
                      struct cpm_manifest *out);

/* The same from an object that was taken apart before: the raw values by key, "" where there is
 * none. They are valid JSON; what is not makes a wrong manifest, but does no harm. */
void cpm_manifest_make(const struct cpm_str values[CPM_KEY_COUNT],
                       const struct cpm_manifest_source *src, struct cpm_manifest *out);

/* `bin` normalised, whatever it was read from: an object of command → path inside the package, ""
 * when there is none. */
struct cpm_str cpm_manifest_bins(const struct cpm_manifest *m, struct cpm_arena *arena);

/* False for a dependency name that must never become a path: "../../evil", "@x/../..", ".bin",
 * "node_modules", names with '\\', control bytes or a leading dot. Lax otherwise: legacy names
 * pass. */
bool cpm_dep_name_safe(struct cpm_str name);

#endif
