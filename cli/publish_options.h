/* What publishing reads from the configuration and from package.json's publishConfig, which goes
 * before everything but the command line. Used by the commands publish and unpublish. */
#ifndef CPM_CLI_PUBLISH_OPTIONS_H
#define CPM_CLI_PUBLISH_OPTIONS_H

#include "base/json.h"
#include "cli/cli.h"

struct cpm_publish_options {
    const char *registry; /* another default registry than the configured one, or NULL */
    const char *tag;
    bool tag_given;     /* by the user or publishConfig */
    const char *access; /* or NULL */
    const char *otp;    /* or NULL */
    const char *provenance_file;
    bool provenance;
};

/* `manifest` may be NULL. Texts live in the run's arena. Error: a tag
 * that is a range. */
int cpm_publish_options_fill(struct cpm_cli *cli, const struct cpm_json *manifest,
                             struct cpm_publish_options *out, struct cpm_error *err);

#endif
