/* Byte by byte, so that nothing behind the line is taken from whoever reads stdin next. Echo is
 * switched off around one answer and comes back also when a signal ends the question. */
#include "cli/prompt.h"

#include "base/buf.h"
#include "cli/term.h"

#include <errno.h>
#include <termios.h>
#include <unistd.h>

#define LINE_MAX_ 4096
#define TRIES     5

bool cpm_prompt_interactive(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* False at the end of the input. */
static bool read_line(struct cpm_buf *line)
{
    char c;
    for (;;) {
        ssize_t n = read(STDIN_FILENO, &c, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return line->len > 0;
        if (c == '\n')
            return true;
        if (c != '\r')
            cpm_buf_add_char(line, c);
    }
}

static bool ask_hidden(struct cpm_buf *line)
{
    struct termios old, quiet;
    bool terminal = tcgetattr(STDIN_FILENO, &old) == 0;
    if (terminal) {
        quiet = old;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    bool got = read_line(line);
    if (terminal)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
    return got;
}

int cpm_prompt(struct cpm_cli *cli, const char *question, bool hidden, const char *fallback,
               const char **out, struct cpm_error *err)
{
    struct cpm_buf line = CPM_BUF_INIT(LINE_MAX_);
    int rc = CPM_ECANCELED;
    for (int i = 0; i < TRIES && rc < 0; i++) {
        cpm_term_put(cli->term, cpm_str(question));
        cpm_term_put(cli->term, CPM_STR(" "));
        cpm_term_flush(cli->term);
        cpm_buf_clear(&line);
        bool got = hidden ? ask_hidden(&line) : read_line(&line);
        if (!got || hidden || !isatty(STDIN_FILENO)) /* nobody has ended the question's line */
            cpm_term_put(cli->term, CPM_STR("\n"));
        if (!got)
            break;
        if (line.len || fallback) {
            *out = line.len ? cpm_arena_strndup(cli->arena, line.ptr, line.len) : fallback;
            rc = 0;
        }
    }
    cpm_buf_release(&line);
    return rc < 0 ? cpm_error_set(err, CPM_ECANCELED, "canceled") : 0;
}
