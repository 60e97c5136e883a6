/* What the terminal can show, by the rules of npm and of the supports-color package it uses. */
#include "cli/term.h"

#include <stdlib.h>
#include <unistd.h>

static bool env_is(const char *name, const char *value)
{
    const char *text = getenv(name);
    return text && strcmp(text, value) == 0;
}

static bool env_set(const char *name)
{
    const char *text = getenv(name);
    return text && *text;
}

/* npm: NO_COLOR=0 does not count, and FORCE_COLOR colours no pipe. */
static bool color_refused(void)
{
    return (env_set("NO_COLOR") && !env_is("NO_COLOR", "0")) || env_is("FORCE_COLOR", "0") ||
           env_is("FORCE_COLOR", "false");
}

static bool stream_colors(int fd)
{
    return isatty(fd) && !env_is("TERM", "dumb");
}

static bool locale_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (env_set(names[i])) {
            struct cpm_str value = cpm_str(getenv(names[i]));
            struct cpm_str tail = cpm_str_sub(value, value.len > 5 ? value.len - 5 : 0, 5);
            return cpm_str_eq_nocase(tail, CPM_STR("UTF-8")) ||
                   (tail.len >= 4 &&
                    cpm_str_eq_nocase(cpm_str_sub(tail, tail.len - 4, 4), CPM_STR("UTF8")));
        }
    return false;
}

/* The variables by which build services say what they are. */
static bool in_ci(void)
{
    static const char *const names[] = {"CI", "CONTINUOUS_INTEGRATION", "BUILD_NUMBER", "RUN_ID"};
    if (env_is("CI", "false"))
        return false;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (env_set(names[i]))
            return true;
    return false;
}

void cpm_term_options_detect(struct cpm_term_options *opts, enum cpm_color color)
{
    bool refused = color == CPM_COLOR_NEVER || (color == CPM_COLOR_AUTO && color_refused());
    bool always = color == CPM_COLOR_ALWAYS;
    opts->color_out = !refused && (always || stream_colors(STDOUT_FILENO));
    opts->color_err = !refused && (always || stream_colors(STDERR_FILENO));
    opts->progress = isatty(STDERR_FILENO) && !env_is("TERM", "dumb") && !in_ci();
    opts->unicode = locale_is_utf8();
}
