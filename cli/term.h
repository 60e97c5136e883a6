/* What reaches the terminal: results on stdout, everything else on stderr, progress redrawn in
 * place. The only place where bytes from outside meet the terminal: all go through one sanitiser
 * (C0, C1, DEL, ESC and bidi controls become visible escapes). */
#ifndef CPM_CLI_TERM_H
#define CPM_CLI_TERM_H

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"

enum cpm_log_level {
    CPM_LOG_SILENT,
    CPM_LOG_ERROR,
    CPM_LOG_WARN,
    CPM_LOG_NOTICE,
    CPM_LOG_HTTP,
    CPM_LOG_INFO,
    CPM_LOG_VERBOSE,
    CPM_LOG_SILLY
};

struct cpm_term;

struct cpm_term_options {
    const char *program; /* the name that lines on stderr begin with; NULL: cpm */
    enum cpm_log_level level;
    bool json; /* stdout carries one JSON document: no summary there */
    bool color_out, color_err;
    bool progress; /* stderr is a terminal and progress is wanted */
    bool unicode;
};
/* Fills colours, progress and unicode from the terminal and the environment by npm's rules
 * (NO_COLOR, FORCE_COLOR=0, TERM=dumb, CI, LC_ALL). `color` is npm's key: auto is `true`. */
enum cpm_color { CPM_COLOR_AUTO, CPM_COLOR_NEVER, CPM_COLOR_ALWAYS };
void cpm_term_options_detect(struct cpm_term_options *opts, enum cpm_color color);

struct cpm_term *cpm_term_new(const struct cpm_term_options *opts);
void cpm_term_free(struct cpm_term *term);

/* Result text on stdout, sanitised, a newline behind it. */
void cpm_term_out(struct cpm_term *term, struct cpm_str text);
void cpm_term_outf(struct cpm_term *term, const char *fmt, ...) CPM_PRINTF(2, 3);
/* A line on stderr, sanitised, without a prefix; nothing when silent. */
void cpm_term_err(struct cpm_term *term, struct cpm_str text);
/* Text that the caller made of sanitised pieces and colours of its own; nothing is added. */
void cpm_term_put(struct cpm_term *term, struct cpm_str text);
/* Everything written so far reaches its file: before a child writes to the same one. */
void cpm_term_flush(struct cpm_term *term);
bool cpm_term_color(const struct cpm_term *term); /* of stdout */
const char *cpm_term_program(const struct cpm_term *term);
bool cpm_term_unicode(const struct cpm_term *term);
bool cpm_term_json(const struct cpm_term *term);
/* For a command that always gives a JSON document. */
void cpm_term_set_json(struct cpm_term *term);
enum cpm_log_level cpm_term_level(const struct cpm_term *term);
/* "npm warn PREFIX text"-like lines on stderr when the level allows: "cpm warn deprecated x@1: …".
 * Several lines are prefixed each. */
void cpm_term_log(struct cpm_term *term, enum cpm_log_level level, const char *prefix,
                  const char *fmt, ...) CPM_PRINTF(4, 5);
/* A failure in npm's two parts: "cpm error code CODE", then both, each line behind its title. With
 * json and nothing on stdout so far, also {"error": {code, summary, detail}} there. */
struct cpm_failure {
    const char *code;                 /* NULL: npm's errors without one */
    const char *title, *detail_title; /* NULL: none */
    int sys;                          /* errno behind it, or 0 */
    struct cpm_str summary, detail;
};
void cpm_term_failure(struct cpm_term *term, const struct cpm_failure *f);
/* The same for an error: what failed is its first line where npm gives advice, else all of it. */
void cpm_term_error(struct cpm_term *term, const struct cpm_error *err);
/* The same as {code, summary, detail}, for a document of the caller's. */
struct cpm_json *cpm_term_error_json(const struct cpm_error *err);

/* The progress line: redrawn at most 12 times a second, erased by the next output and at the end.
 */
struct cpm_progress {
    const char *what; /* "resolving", "fetching", "linking" */
    size_t done, total;
    uint64_t bytes;
    struct cpm_str name;
};
void cpm_term_progress(struct cpm_term *term, const struct cpm_progress *p); /* NULL erases */

/* Appends text with every dangerous byte made visible: C0 but \n and \t as ^X (npm's form), DEL, C1
 * and bidi controls as \uXXXX (which leaves a JSON text equal), invalid UTF-8 as \xNN. */
void cpm_sanitize(struct cpm_buf *out, struct cpm_str text);

#endif
