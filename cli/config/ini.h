/* The ini format of .npmrc files by the rules of npm's ini package: sections, key[] lists, quotes
 * as JSON, ; and # comments with backslash escapes. Pure text. */
#ifndef CPM_CLI_CONFIG_INI_H
#define CPM_CLI_CONFIG_INI_H

#include "cli/config/value.h"

#define CPM_INI_MAX   (1u << 20) /* bytes of a file */
#define CPM_INI_DEPTH 16         /* of [a.b.c] */

/* Parses a whole text into `out` (sections are objects). CPM_ECONFIG when there are more than
 * CPM_FIELDS_MAX keys or sections nest too deep. */
int cpm_ini_parse(struct cpm_arena *arena, struct cpm_str text, struct cpm_fields *out,
                  struct cpm_error *err);
/* One side of a line, trimmed, unquoted and unescaped. */
struct cpm_value cpm_ini_unsafe(struct cpm_arena *arena, struct cpm_str text);
/* Appends a text so that it reads back as itself. */
void cpm_ini_safe(struct cpm_str text, struct cpm_buf *out);

/* The key that a line of a file at the top level sets ("" for none), without "[]"; *section is set
 * when the line opens a section. For edits that keep the other lines. */
struct cpm_str cpm_ini_line_key(struct cpm_arena *arena, struct cpm_str line, bool *section);

#endif
