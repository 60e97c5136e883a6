/* A packument: all that a registry says of one package, as an immutable image that is built from
 * JSON once, kept in the cache and mapped from there. Who reads it: version picking, the tree
 * builder, view. Thread-safe to read. */
#ifndef CPM_REGISTRY_PACKUMENT_H
#define CPM_REGISTRY_PACKUMENT_H

#include "base/arena.h"
#include "lockfile/manifest.h"
#include "semver/version.h"

struct cpm_packument; /* opaque; owner: the packument store that gave it (registry/cache) or
                         cpm_packument_free */

#define CPM_TIME_NONE INT64_MIN

struct cpm_packument_facts {    /* of one version; cheap, no allocation */
    struct cpm_str text;        /* "1.2.3" */
    struct cpm_version version; /* parsed loosely */
    int64_t time;               /* ms since the epoch, CPM_TIME_NONE when unknown */
    bool deprecated;
    struct cpm_str engines_node; /* engines.node, "" when none */
    struct cpm_str engines_npm;  /* engines.npm, "" when none */
    uint32_t engines;            /* equal for versions with the same engines; UINT32_MAX: none */
    uint32_t order;              /* place in the document: 0 is the first listed */
    bool staged, restricted;     /* only beyond cpm_packument_count */
    bool attested;               /* the registry has attestations of it */
};

/* Builds an image from a packument's JSON, full or abbreviated. `full` says which was asked for.
 * Errors: CPM_EJSONPARSE, CPM_ETOOBIG, CPM_E404 (the document names another package than `name`).
 */
int cpm_packument_build(struct cpm_str json, struct cpm_str name, bool full,
                        struct cpm_packument **out, struct cpm_error *err);
void cpm_packument_free(struct cpm_packument *p);

struct cpm_str cpm_packument_name(const struct cpm_packument *p);
bool cpm_packument_is_full(const struct cpm_packument *p); /* has licenses, times and scripts */
bool cpm_packument_has_time(const struct cpm_packument *p);
/* Versions in ascending precedence. A registry with staging or policies may have more of them, at
 * indices from the count on, in document order: they are for cpm_pick alone. */
uint32_t cpm_packument_count(const struct cpm_packument *p);
void cpm_packument_facts(const struct cpm_packument *p, uint32_t i,
                         struct cpm_packument_facts *out);
/* The version alone, parsed loosely. */
void cpm_packument_version(const struct cpm_packument *p, uint32_t i, struct cpm_version *out);
/* Index of the first version whose major.minor.patch is above this one's; the count when none is.
 */
uint32_t cpm_packument_above(const struct cpm_packument *p, const struct cpm_version *version);
/* Index of exactly this version text, or -1. */
int64_t cpm_packument_find(const struct cpm_packument *p, struct cpm_str version);
/* Index of the version a dist-tag names, -1 when the tag or its version is not there; *text gets
 * the tag's version text. */
int64_t cpm_packument_tag(const struct cpm_packument *p, struct cpm_str tag, struct cpm_str *text);
/* The same of the tag latest, without its text. */
int64_t cpm_packument_latest(const struct cpm_packument *p);
/* The dist-tags in document order: the i-th tag, *text its version's text. */
uint32_t cpm_packument_tag_count(const struct cpm_packument *p);
struct cpm_str cpm_packument_tag_at(const struct cpm_packument *p, uint32_t i,
                                    struct cpm_str *text);
/* True when `versions` is empty or absent, versions that are no semver counted. */
bool cpm_packument_no_versions(const struct cpm_packument *p);
/* Staged and restricted versions behind the others, and why (policyRestrictions.message). */
uint32_t cpm_packument_extra(const struct cpm_packument *p);
struct cpm_str cpm_packument_policy(const struct cpm_packument *p);
/* The manifest of a version; names interned in `names`; the same pointer-worth of data on every
 * call, memory in `arena`. Its texts are views into the packument where nothing had to change. */
const struct cpm_manifest *cpm_packument_manifest(const struct cpm_packument *p, uint32_t i,
                                                  struct cpm_names *names, struct cpm_arena *arena);
/* A packument that is picked from soon: brings what that reads close to the processor, as far as
 * the latest version is picked. Each step needs what the one before it brought: do something else
 * in between. */
enum { CPM_PACKUMENT_STEPS = 5 };
void cpm_packument_fetch_step(const struct cpm_packument *p, unsigned step);
/* The raw JSON of a version's dist.signatures, "" when it has none; a view into the image. */
struct cpm_str cpm_packument_signatures(const struct cpm_packument *p, uint32_t i,
                                        struct cpm_arena *arena);
/* The image, for the cache file; and an image back from a file's bytes (checked: CPM_EIO when
 * damaged or of another format; the bytes are borrowed and must outlive it). */
struct cpm_str cpm_packument_image(const struct cpm_packument *p);
int cpm_packument_open(struct cpm_str image, struct cpm_packument **out, struct cpm_error *err);

/* npm-pick-manifest. */
struct cpm_pick_options {
    struct cpm_str default_tag; /* "latest" when empty */
    int64_t before;             /* ms, CPM_TIME_NONE: no limit */
    /* min-release-age-exclude: packages without that limit, NULL-ended, no braces; or NULL */
    const char *const *always;
    struct cpm_str node_version; /* "" : engines are not looked at */
    struct cpm_str npm_version;
    const struct cpm_range *avoid; /* vulnerable versions, or NULL */
    bool avoid_strict;
    bool include_staged;
};
#define CPM_PICK_INIT                                                                              \
    {                                                                                              \
        .before = CPM_TIME_NONE                                                                    \
    }
struct cpm_spec;
/* The index of the version to use for a version, range, tag or alias-target spec. Errors:
 * CPM_ETARGET, CPM_ENOVERSIONS, CPM_E403, with npm's words. */
int cpm_pick(const struct cpm_packument *p, const struct cpm_spec *spec,
             const struct cpm_pick_options *opts, uint32_t *index, struct cpm_error *err);

#endif
