/* An audit of a graph: the registry is asked for advisories, then for the packuments that its
 * answer makes necessary, until look/audit.h has its report. */
#ifndef CPM_CLI_AUDIT_RUN_H
#define CPM_CLI_AUDIT_RUN_H

#include "cli/net.h"
#include "look/audit.h"
#include "registry/advisories.h"

struct cpm_audit_run {
    struct cpm_cli *cli;
    struct cpm_net *net;
    struct cpm_audit audit;                /* in: graph, names, filter, omit; out: the report */
    struct cpm_advisories_request request; /* of the question that failed */
    struct cpm_json *answer;               /* owned */
    struct cpm_map packuments;             /* of names that were asked for */
    struct cpm_ptrs wanted;                /* names: struct cpm_str */
};

/* Asks and judges. An error of the endpoint leaves the answer that was no good in `request`.
 * Nothing is asked offline, nor when there is nothing to ask about: the report is empty then. */
int cpm_audit_run_all(struct cpm_audit_run *run, struct cpm_error *err);
/* Judges an answer that came by another way. */
int cpm_audit_run_answer(struct cpm_audit_run *run, struct cpm_str answer, struct cpm_error *err);
void cpm_audit_run_release(struct cpm_audit_run *run);

struct cpm_flow_audit;
/* npm's document for what an install asked, or NULL when there was no answer; to be freed. */
struct cpm_json *cpm_audit_run_flow(struct cpm_cli *cli, const struct cpm_flow_audit *asked);

#endif
