#include "cli/paint.h"

#include "cli/term.h"

static const struct {
    const char *on, *off;
} paints[] = {
    [CPM_PLAIN] = {"", ""},
    [CPM_BOLD] = {"\033[1m", "\033[22m"},
    [CPM_DIM] = {"\033[2m", "\033[22m"},
    [CPM_RED] = {"\033[31m", "\033[39m"},
    [CPM_YELLOW] = {"\033[33m", "\033[39m"},
    [CPM_BLUE] = {"\033[34m", "\033[39m"},
    [CPM_CYAN] = {"\033[36m", "\033[39m"},
    [CPM_HEADING] = {"\033[1m\033[4m", "\033[24m\033[22m"},
    [CPM_BOLD_RED] = {"\033[31m\033[1m", "\033[22m\033[39m"},
    [CPM_BOLD_GREEN] = {"\033[32m\033[1m", "\033[22m\033[39m"},
    [CPM_BOLD_YELLOW] = {"\033[33m\033[1m", "\033[22m\033[39m"},
    [CPM_BOLD_MAGENTA] = {"\033[35m\033[1m", "\033[22m\033[39m"},
    [CPM_GREEN] = {"\033[32m", "\033[39m"},
    [CPM_UNDERLINE] = {"\033[4m", "\033[24m"},
};

void cpm_paint(struct cpm_buf *out, bool color, enum cpm_paint paint, struct cpm_str text)
{
    bool paints_it = color && text.len;
    if (paints_it)
        cpm_buf_add_text(out, paints[paint].on);
    cpm_sanitize(out, text);
    if (paints_it)
        cpm_buf_add_text(out, paints[paint].off);
}
