/* Which versions of a package are vulnerable: by an advisory of the registry, or because they
 * cannot but depend on vulnerable versions of another (npm's metavuln calculator). Made and asked
 * by look/audit.c. Internal to look/. */
#ifndef CPM_LOOK_ADVISORY_H
#define CPM_LOOK_ADVISORY_H

#include "base/json.h"
#include "base/map.h"
#include "registry/packument.h"
#include "semver/range.h"

/* npm compares versions and ranges of advisories so. */
enum { CPM_ADVISORY_SEMVER = CPM_SEMVER_LOOSE | CPM_SEMVER_INCLUDE_PRERELEASE };

enum cpm_advisory_verdict { CPM_VERDICT_NONE, CPM_VERDICT_FINE, CPM_VERDICT_VULNERABLE };

struct cpm_advisory {
    struct cpm_str name;         /* whose versions */
    struct cpm_str dependency;   /* the package at fault; `name` itself for the registry's */
    const struct cpm_json *told; /* the registry's words; of the first cause for the others */
    struct cpm_advisory *cause;  /* NULL: the registry told it */
    struct cpm_str title, url, severity;
    struct cpm_str range;                  /* of vulnerable versions */
    const struct cpm_packument *packument; /* NULL: no registry knows the package */

    /* the calculation's own */
    struct cpm_arena *arena;
    struct cpm_names *names;
    const struct cpm_range *parsed; /* of `range`; NULL when it is none */
    unsigned char *tested; /* enum cpm_advisory_verdict for each version of the packument */
    bool *vulnerable;      /* the same; also without a test, by neighbours on both sides */
    struct cpm_map others; /* verdicts on versions that are not in it, by text */
    struct cpm_map specs;  /* verdicts on specs */
};

/* The registry's own. `told` lives as long as the result. */
struct cpm_advisory *cpm_advisory_new(struct cpm_arena *arena, struct cpm_str name,
                                      const struct cpm_json *told,
                                      const struct cpm_packument *packument);
/* What `cause` means for the versions of a package that depends on it. */
struct cpm_advisory *cpm_advisory_derive(struct cpm_advisory *cause, struct cpm_names *names,
                                         struct cpm_str name,
                                         const struct cpm_packument *packument);
/* The maps' memory. */
void cpm_advisory_release(struct cpm_advisory *a);

/* Is this version vulnerable? `spec` is what it asks of `dependency` where that is known, else
 * CPM_STR_NONE. */
bool cpm_advisory_has(struct cpm_advisory *a, struct cpm_str version, struct cpm_str spec);
/* The same by index in the packument. */
bool cpm_advisory_has_index(struct cpm_advisory *a, uint32_t i, struct cpm_str spec);
/* True when nothing that the spec allows is safe. */
bool cpm_advisory_has_spec(struct cpm_advisory *a, struct cpm_str spec);
/* Internal: tests all versions, halving what lies between (advisory_versions.c). */
void cpm_advisory_test_all(struct cpm_advisory *a);

static inline uint32_t cpm_advisory_count(const struct cpm_advisory *a)
{
    return a->packument ? cpm_packument_count(a->packument) : 0;
}

#endif
