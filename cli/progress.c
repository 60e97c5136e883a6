/* A frame is one write(2): carriage return, text, erase to the end of the line. The cursor is never
 * hidden, so that the worst a killed process leaves behind is one line of text; signals that end
 * the process by default wipe even that. */
#include "cli/progress.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_MS 84  /* 12 a second */
#define QUIET_MS  200 /* npm's: short runs show nothing */
#define RATE_MS   1000
#define WIPE      "\r\033[K"

/* Read by the signal handler. */
static volatile sig_atomic_t line_drawn;

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void write_err(const char *bytes, size_t len)
{
    ssize_t unused = write(STDERR_FILENO, bytes, len);
    (void)unused;
}

static void wipe_and_die(int sig)
{
    if (line_drawn)
        write_err(WIPE, sizeof(WIPE) - 1);
    raise(sig); /* SA_RESETHAND: now with the default action */
}

static void guard_signals(void)
{
    static const int sigs[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++) {
        struct sigaction old, act = {.sa_handler = wipe_and_die, .sa_flags = (int)SA_RESETHAND};
        if (sigaction(sigs[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            sigaction(sigs[i], &act, NULL);
    }
}

static size_t terminal_columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

static void add_bytes(struct cpm_buf *out, double bytes)
{
    if (bytes < 1000 * 1000)
        cpm_buf_addf(out, "%.0f kB", bytes / 1000);
    else if (bytes < 1e9)
        cpm_buf_addf(out, "%.1f MB", bytes / 1e6);
    else
        cpm_buf_addf(out, "%.2f GB", bytes / 1e9);
}

/* Columns of the well-formed text; everything from the Hangul block on counts as two. */
static size_t cut_at_columns(const struct cpm_buf *text, size_t columns)
{
    size_t used = 0, i = 0;
    while (i < text->len) {
        unsigned char c = (unsigned char)text->ptr[i];
        size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        bool braille = c == 0xe2;
        size_t width = c >= 0xe1 && !braille ? 2 : 1;
        if (used + width > columns || i + n > text->len)
            break;
        used += width;
        i += n;
    }
    return i;
}

void cpm_progress_line_text(const struct cpm_progress_line *line, const struct cpm_progress *p,
                            size_t columns, struct cpm_buf *out)
{
    static const char *const dots[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
    static const char *const bars[] = {"-", "\\", "|", "/"};
    struct cpm_buf text = CPM_BUF_INIT(1 << 16), one_line = CPM_BUF_INIT(1 << 16);
    cpm_buf_addf(&text, "%s %s", line->unicode ? dots[line->frame % 10] : bars[line->frame % 4],
                 p->what ? p->what : "");
    if (p->total)
        cpm_buf_addf(&text, " %zu/%zu", p->done, p->total);
    else if (p->done)
        cpm_buf_addf(&text, " %zu", p->done);
    if (p->bytes) {
        cpm_buf_add_text(&text, ", ");
        add_bytes(&text, (double)p->bytes);
        if (line->rate >= 1000) {
            cpm_buf_add_text(&text, ", ");
            add_bytes(&text, line->rate);
            cpm_buf_add_text(&text, "/s");
        }
    }
    if (p->name.len) {
        cpm_buf_add_char(&text, ' ');
        cpm_sanitize(&text, cpm_str_sub(p->name, 0, 256));
    }
    for (size_t i = 0; i < text.len; i++)
        cpm_buf_add_char(&one_line, text.ptr[i] == '\n' || text.ptr[i] == '\t' ? ' ' : text.ptr[i]);
    cpm_buf_add(out, one_line.ptr, cut_at_columns(&one_line, columns));
    cpm_buf_release(&text);
    cpm_buf_release(&one_line);
}

static void update_rate(struct cpm_progress_line *line, const struct cpm_progress *p, uint64_t now)
{
    if (p->bytes < line->rate_bytes || line->rate_time == 0) {
        line->rate_time = now;
        line->rate_bytes = p->bytes;
        line->rate = 0;
    } else if (now - line->rate_time >= RATE_MS) {
        line->rate =
            (double)(p->bytes - line->rate_bytes) * 1000.0 / (double)(now - line->rate_time);
        line->rate_time = now;
        line->rate_bytes = p->bytes;
    }
}

void cpm_progress_line_show(struct cpm_progress_line *line, const struct cpm_progress *p)
{
    if (!line->enabled)
        return;
    uint64_t now = now_ms();
    if (line->begun == 0) {
        line->begun = now;
        guard_signals();
    }
    update_rate(line, p, now);
    if (now - line->begun < QUIET_MS || (line->last && now - line->last < REDRAW_MS))
        return;
    struct cpm_buf out = CPM_BUF_INIT(1 << 16);
    cpm_buf_add_char(&out, '\r');
    cpm_progress_line_text(line, p, terminal_columns() - 1, &out);
    cpm_buf_add_text(&out, "\033[K");
    line_drawn = 1;
    write_err(out.ptr, out.len);
    cpm_buf_release(&out);
    line->drawn = true;
    line->frame++;
    line->last = now;
}

void cpm_progress_line_erase(struct cpm_progress_line *line)
{
    if (!line->drawn)
        return;
    write_err(WIPE, sizeof(WIPE) - 1);
    line->drawn = false;
    line_drawn = 0;
    line->last = 0;
}
