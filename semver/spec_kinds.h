/* The kinds of spec that take some reading; spec.c decides which it is. Each fills *out, whose raw,
 * raw_spec and name are set. */
#ifndef CPM_SEMVER_SPEC_KINDS_H
#define CPM_SEMVER_SPEC_KINDS_H

#include "semver/hosted.h"
#include "semver/spec.h"

/* Ends in .tgz, .tar.gz or .tar. */
bool cpm_spec_is_tarball(struct cpm_str text);
/* file:, a path. */
int cpm_spec_read_file(struct cpm_arena *arena, const struct cpm_spec_input *input,
                       struct cpm_spec *out, struct cpm_error *err);
int cpm_spec_read_hosted(struct cpm_arena *arena, const struct cpm_hosted *hosted,
                         struct cpm_spec *out, struct cpm_error *err);
/* Any other address: git or tarball. */
int cpm_spec_read_url(struct cpm_arena *arena, struct cpm_spec *out, struct cpm_error *err);

#endif
