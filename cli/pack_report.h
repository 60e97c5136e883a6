/* What pack and publish say of a tarball, as text and as JSON, in npm's forms. */
#ifndef CPM_CLI_PACK_REPORT_H
#define CPM_CLI_PACK_REPORT_H

#include "cli/pack_run.h"

/* Notices on stderr. */
void cpm_pack_report_text(const struct cpm_pack_run *run);
/* npm's object; the caller owns it. */
struct cpm_json *cpm_pack_report_json(const struct cpm_pack_run *run);

#endif
