/* The audit of an install: asked as soon as the tree is known, so that the answer comes while
 * packages are fetched and linked, and taken at the end. The flow fills it; the cli judges the
 * answer (look/audit.h) and words it. */
#ifndef CPM_INSTALL_FLOW_AUDIT_H
#define CPM_INSTALL_FLOW_AUDIT_H

#include "look/audit.h"
#include "registry/advisories.h"

struct cpm_flow_audit {
    struct cpm_audit audit; /* with graph, names, filter and omit; to be judged */
    struct cpm_graph graph; /* to be released with cpm_flow_audit_release */
    bool answered;          /* without a fault */
    struct cpm_str answer;  /* JSON; "{}" when there was nothing to ask */
    /* the flow's own */
    struct cpm_advisories_request request;
    struct cpm_buf question;
    bool under_way;
};

void cpm_flow_audit_release(struct cpm_flow_audit *audit);

#endif
