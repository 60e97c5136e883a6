/* npm's audit: which packages of a tree are vulnerable, by what, and whether a fix is in reach. The
 * caller asks the registry for advisories with what cpm_audit_question gives and hands in the
 * answer and packuments; the report is data, worded by the cli. Pure. */
#ifndef CPM_LOOK_AUDIT_H
#define CPM_LOOK_AUDIT_H

#include "base/json.h"
#include "look/graph.h"
#include "look/ptrs.h"
#include "registry/packument.h"

/* What to do about a vulnerable package. */
struct cpm_audit_fix {
    enum { CPM_FIX_NONE, CPM_FIX_IN_RANGE, CPM_FIX_FORCE } kind;
    struct cpm_str name, version; /* with FORCE: what --force would install */
    bool major;                   /* … and that it is a breaking change */
};

struct cpm_audit_vuln {
    struct cpm_str name;
    struct cpm_str severity;
    struct cpm_ptrs advisories;   /* struct cpm_advisory */
    struct cpm_ptrs nodes;        /* struct cpm_graph_node: the vulnerable ones */
    struct cpm_ptrs top_nodes;    /* those that hold it in place from outside every node_modules */
    struct cpm_ptrs via, effects; /* struct cpm_audit_vuln: what causes it, what it causes */
    const struct cpm_audit_fix *fix;
    struct cpm_str blocked; /* version of a fix that is younger than `before`, or "" */
    struct cpm_str range;   /* of all advisories */
};

struct cpm_audit {
    /* in */
    struct cpm_graph *graph;
    struct cpm_names *names;
    const bool *filter;            /* by node: only these are asked about; NULL: all */
    const char *const *omit;       /* NULL-ended, or NULL */
    const struct cpm_json *answer; /* the registry's: name -> list of advisories */
    struct cpm_pick_options pick;  /* with `before` */
    /* The packument of a name in *out, NULL when no registry has it; CPM_EAGAIN: not known yet. */
    int (*packument)(void *data, struct cpm_str name, const struct cpm_packument **out);
    void *data;
    /* out, in the graph's arena */
    struct cpm_ptrs vulns; /* struct cpm_audit_vuln */
    struct cpm_ptrs tops;  /* those whose fix needs --force, or is none */
    struct cpm_map by_name;
    struct cpm_ptrs made; /* advisories, to be released */
    struct cpm_map memo;
};

/* {"name": ["1.0.0", …]} of what is to be asked about; to be freed. */
struct cpm_json *cpm_audit_question(const struct cpm_audit *audit);
/* Fills the report. CPM_EAGAIN: the packuments that were asked for with that answer are needed
 * first; run again when they are there. Error: CPM_EINVAL, the answer is no report. */
int cpm_audit_run(struct cpm_audit *audit, struct cpm_error *err);
void cpm_audit_release(struct cpm_audit *audit);

/* The versions that are vulnerable, as a range that is asked with prereleases; NULL: it is none. */
const struct cpm_range *cpm_audit_range(struct cpm_arena *arena, const struct cpm_audit_vuln *vuln);

/* npm's document, auditReportVersion 2; to be freed. */
struct cpm_json *cpm_audit_json(const struct cpm_audit *audit);
/* Its `metadata` alone. */
struct cpm_json *cpm_audit_counts(const struct cpm_audit *audit);

#endif
