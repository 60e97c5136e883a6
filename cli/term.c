/* stdout is buffered and written before anything else can reach the same terminal (a log line, a
 * child, the end); a line on stderr is one write. Nobody but this file writes to either. */
#include "cli/term.h"

#include "base/json.h"
#include "base/mem.h"
#include "cli/progress.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>
#include <uv.h>

#define OUT_FLUSH (64u << 10)
#define TEXT_MAX  (256u << 20)

struct cpm_term {
    struct cpm_term_options opts;
    struct cpm_buf out; /* waits for stdout */
    bool out_used;      /* something was written to stdout */
    bool out_dead;      /* the reader is gone */
    struct cpm_progress_line line;
};

static const struct {
    const char *name;
    const char *on, *off;
} level_rows[] = {
    [CPM_LOG_SILENT] = {"", "", ""},
    [CPM_LOG_ERROR] = {"error", "\033[31m", "\033[39m"},
    [CPM_LOG_WARN] = {"warn", "\033[33m", "\033[39m"},
    [CPM_LOG_NOTICE] = {"notice", "\033[96m", "\033[39m"},
    [CPM_LOG_HTTP] = {"http", "\033[32m", "\033[39m"},
    [CPM_LOG_INFO] = {"info", "\033[36m", "\033[39m"},
    [CPM_LOG_VERBOSE] = {"verbose", "\033[34m", "\033[39m"},
    [CPM_LOG_SILLY] = {"silly", "\033[34m\033[2m", "\033[22m\033[39m"},
};

/* False when the reader is gone. A descriptor that does not block (set so by a child or the other
 * end of a terminal) is waited for. */
static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n >= 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

struct cpm_term *cpm_term_new(const struct cpm_term_options *opts)
{
    struct cpm_term *term = cpm_calloc(1, sizeof(*term));
    term->opts = *opts;
    cpm_buf_init(&term->out, TEXT_MAX);
    term->line.enabled = opts->progress && opts->level > CPM_LOG_SILENT;
    term->line.unicode = opts->unicode;
    return term;
}

void cpm_term_free(struct cpm_term *term)
{
    if (!term)
        return;
    cpm_term_flush(term);
    cpm_buf_release(&term->out);
    cpm_free(term);
}

bool cpm_term_color(const struct cpm_term *term)
{
    return term->opts.color_out;
}

const char *cpm_term_program(const struct cpm_term *term)
{
    return term->opts.program ? term->opts.program : "cpm";
}

bool cpm_term_unicode(const struct cpm_term *term)
{
    return term->opts.unicode;
}

bool cpm_term_json(const struct cpm_term *term)
{
    return term->opts.json;
}

void cpm_term_set_json(struct cpm_term *term)
{
    term->opts.json = true;
}

enum cpm_log_level cpm_term_level(const struct cpm_term *term)
{
    return term->opts.level;
}

void cpm_term_flush(struct cpm_term *term)
{
    cpm_progress_line_erase(&term->line);
    if (term->out.len && !term->out_dead && !write_all(STDOUT_FILENO, term->out.ptr, term->out.len))
        term->out_dead = true;
    cpm_buf_clear(&term->out);
}

static void flush_when_large(struct cpm_term *term)
{
    term->out_used = true;
    if (term->out.len >= OUT_FLUSH)
        cpm_term_flush(term);
}

void cpm_term_put(struct cpm_term *term, struct cpm_str text)
{
    cpm_buf_add_str(&term->out, text);
    flush_when_large(term);
}

void cpm_term_out(struct cpm_term *term, struct cpm_str text)
{
    cpm_sanitize(&term->out, text);
    cpm_buf_add_char(&term->out, '\n');
    flush_when_large(term);
}

void cpm_term_err(struct cpm_term *term, struct cpm_str text)
{
    struct cpm_buf line = CPM_BUF_INIT(TEXT_MAX);
    if (term->opts.level == CPM_LOG_SILENT)
        return;
    cpm_sanitize(&line, text);
    cpm_buf_add_char(&line, '\n');
    cpm_term_flush(term);
    write_all(STDERR_FILENO, line.ptr, line.len);
    cpm_buf_release(&line);
}

/* The text of a format, at its full length; to be freed. */
static char *format_text(const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    size_t size = n < 0 ? 1 : (size_t)n + 1;
    char *text = cpm_alloc(size);
    text[0] = '\0';
    vsnprintf(text, size, fmt, again);
    va_end(again);
    return text;
}

void cpm_term_outf(struct cpm_term *term, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = format_text(fmt, args);
    va_end(args);
    cpm_term_out(term, cpm_str(text));
    cpm_free(text);
}

static void add_prefix(const struct cpm_term *term, enum cpm_log_level level, const char *prefix,
                       struct cpm_buf *out)
{
    bool color = term->opts.color_err;
    cpm_buf_addf(out, "%s%s%s ", color ? "\033[1m" : "", cpm_term_program(term),
                 color ? "\033[22m" : "");
    cpm_buf_addf(out, "%s%s%s", color ? level_rows[level].on : "", level_rows[level].name,
                 color ? level_rows[level].off : "");
    if (!prefix || !*prefix)
        return;
    cpm_buf_add_text(out, color ? " \033[94m" : " ");
    cpm_sanitize(out, cpm_str(prefix));
    cpm_buf_add_text(out, color ? "\033[39m" : "");
}

/* Each line of text behind the prefix; an empty line leaves the prefix alone, as npm does. */
static void log_text(struct cpm_term *term, enum cpm_log_level level, const char *prefix,
                     struct cpm_str text)
{
    if (level > term->opts.level || level == CPM_LOG_SILENT)
        return;
    struct cpm_buf clean = CPM_BUF_INIT(TEXT_MAX), lines = CPM_BUF_INIT(TEXT_MAX);
    cpm_sanitize(&clean, text);
    struct cpm_str rest = cpm_str(cpm_buf_text(&clean)), part;
    while (cpm_str_split(&rest, '\n', &part)) {
        add_prefix(term, level, prefix, &lines);
        if (part.len)
            cpm_buf_add_char(&lines, ' ');
        cpm_buf_add_str(&lines, part);
        cpm_buf_add_char(&lines, '\n');
    }
    cpm_term_flush(term);
    write_all(STDERR_FILENO, lines.ptr, lines.len);
    cpm_buf_release(&clean);
    cpm_buf_release(&lines);
}

void cpm_term_log(struct cpm_term *term, enum cpm_log_level level, const char *prefix,
                  const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = format_text(fmt, args);
    va_end(args);
    log_text(term, level, prefix, cpm_str(text));
    cpm_free(text);
}

/* What npm adds to an error of a code: the word in front of each line, and its advice. */
static const char network_advice[] =
    "This is a problem related to network connectivity.\nIn most cases you are behind a proxy or "
    "have bad network settings.\n\nIf you are behind a proxy, please make sure that the 'proxy' "
    "config is set properly.  See: 'cpm help config'";

static const struct error_row {
    int code;
    const char *title, *advice;
} error_rows[] = {
    {CPM_E401, "", NULL},
    {CPM_E403, "403",
     "In most cases, you or one of your dependencies are requesting a package version that is "
     "forbidden by your security policy, or on a server you do not have access to."},
    {CPM_E404, "404", NULL},
    {CPM_ETARGET, "notarget",
     "In most cases you or one of your dependencies are requesting a package version that doesn't "
     "exist."},
    {CPM_ENOVERSIONS, "notarget", NULL},
    {CPM_EACCES, NULL,
     "The operating system refused it. Look at the owner and the mode of the file and of the "
     "folders "
     "above it, or run this as the user who owns them."},
    {CPM_ENOSPC, "nospc", NULL},
    {CPM_EROFS, "rofs", NULL},
    {CPM_ENOENT, "enoent", "This is related to cpm not being able to find a file.\n"},
    {CPM_EBADENGINE, "notsup", NULL},
    {CPM_ENEEDAUTH, "need auth", "You need to authorize this machine using `cpm adduser`"},
    {CPM_EINVALIDAUTH, "auth", NULL},
    {CPM_EBADPLATFORM, "notsup", NULL},
    {CPM_ENETWORK, "network", network_advice},
    {CPM_ETIMEDOUT, "network", network_advice},
    {CPM_ENOTFOUND, "network", network_advice},
    {CPM_ECONNREFUSED, "network", network_advice},
    {CPM_ECONNRESET, "network", network_advice},
    {CPM_EHOSTUNREACH, "network", network_advice},
    {CPM_ENETUNREACH, "network", network_advice},
    {CPM_EJSONPARSE, "JSON.parse",
     "Failed to parse JSON data.\nNote: package.json must be actual JSON, not just JavaScript."},
};

static const struct error_row *error_row(int code)
{
    static const struct error_row none;
    for (size_t i = 0; i < sizeof(error_rows) / sizeof(error_rows[0]); i++)
        if (error_rows[i].code == code)
            return &error_rows[i];
    return &none;
}

/* npm's own errors without a code have no "code" line. */
static bool has_code_line(int code)
{
    return code != CPM_ENOSCRIPT && code != CPM_ECONFIG && code != CPM_EUNKNOWN && code != 0;
}

static struct cpm_json *failure_object(const struct cpm_failure *f)
{
    struct cpm_json *error = cpm_json_new_object();

    if (f->code)
        cpm_json_set_str(error, "code", cpm_str(f->code));
    cpm_json_set_str(error, "summary", cpm_str_trim(f->summary));
    cpm_json_set_str(error, "detail", cpm_str_trim(f->detail));
    return error;
}

static void failure_json(struct cpm_term *term, const struct cpm_failure *f)
{
    struct cpm_json *doc = cpm_json_new_object();
    struct cpm_buf out = CPM_BUF_INIT(TEXT_MAX);
    cpm_json_set(doc, CPM_STR("error"), failure_object(f));
    cpm_json_write(doc, CPM_STR("  "), CPM_STR("\n"), &out);
    cpm_term_out(term, cpm_buf_str(&out));
    cpm_buf_release(&out);
    cpm_json_free(doc);
}

void cpm_term_failure(struct cpm_term *term, const struct cpm_failure *f)
{
    if (term->opts.json && !term->out_used)
        failure_json(term, f);
    if (f->code)
        cpm_term_log(term, CPM_LOG_ERROR, "code", "%s", f->code);
    if (f->sys)
        cpm_term_log(term, CPM_LOG_ERROR, "errno", "-%d", f->sys);
    log_text(term, CPM_LOG_ERROR, f->title, f->summary);
    if (f->detail.len)
        log_text(term, CPM_LOG_ERROR, f->detail_title, f->detail);
}

/* What several failed calls share a code for is told by the call's own, as npm does. */
static const char *code_name(const struct cpm_error *err)
{
    bool shared = err->code == CPM_EIO || err->code == CPM_EACCES;

    return shared && err->sys ? uv_err_name(-err->sys) : cpm_error_name(err->code);
}

/* npm shows git's own exit code. */
#define DIGITS 16

/* Views into the error and `digits`. */
static struct cpm_failure failure_of(const struct cpm_error *err, char digits[DIGITS])
{
    struct cpm_str text = cpm_str(err->text[0] ? err->text : cpm_error_default(err->code));
    const struct error_row *row = error_row(err->code);
    struct cpm_failure f = {.title = row->title, .detail_title = row->title, .sys = err->sys};
    if (has_code_line(err->code))
        f.code = code_name(err);
    if (err->code == CPM_EGIT && err->sys) {
        snprintf(digits, DIGITS, "%d", err->sys);
        f.code = digits;
        f.sys = 0;
    }
    if (err->code == CPM_E404 && cpm_str_starts(text, "404 ")) /* the title says it */
        text = cpm_str_sub(text, 4, text.len);
    size_t line = cpm_str_chr(text, '\n');
    f.summary = text;
    f.detail = cpm_str(row->advice);
    if ((f.title || row->advice) && line != CPM_NPOS) { /* advice that knows more */
        f.summary = cpm_str_sub(text, 0, line);
        f.detail = cpm_str_sub(text, line + 1, text.len);
    }
    return f;
}

void cpm_term_error(struct cpm_term *term, const struct cpm_error *err)
{
    char digits[DIGITS];
    struct cpm_failure f = failure_of(err, digits);
    cpm_term_failure(term, &f);
}

struct cpm_json *cpm_term_error_json(const struct cpm_error *err)
{
    char digits[DIGITS];
    struct cpm_failure f = failure_of(err, digits);
    return failure_object(&f);
}

void cpm_term_progress(struct cpm_term *term, const struct cpm_progress *p)
{
    if (p)
        cpm_progress_line_show(&term->line, p);
    else
        cpm_progress_line_erase(&term->line);
}
